import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import { CliError } from '../errors.ts'
import { readOwnFile } from './own-file.ts'

/** The file next to a socket while its proxy runs, and after a crash. */
export interface ProxyState {
  pid: number
  /** ISO time. */
  since: string
  /** The value in gh's configuration before this proxy took it over, and in which folder. */
  gh?: { former: string; configDir: string }
}

/** Maximum duration of a start. */
const startMs = 60_000

const stateFile = (socket: string) => `${socket}.json`

/** The state that a proxy on this socket wrote, running or not; undefined if there is none, or an invalid one. */
export async function readState(socket: string): Promise<ProxyState | undefined> {
  try {
    // Its value goes into gh's configuration, and so decides who receives gh's token.
    const { pid, since, gh } = JSON.parse((await readOwnFile(stateFile(socket)))?.text ?? '')
    if (!Number.isSafeInteger(pid) || typeof since !== 'string') return undefined
    const complete = typeof gh?.former === 'string' && typeof gh.configDir === 'string'
    return { pid, since, ...(complete && { gh: { former: gh.former, configDir: gh.configDir } }) }
  } catch {
    return undefined
  }
}

/** Writes it completely or not at all, readable only by this user. */
export async function writeState(socket: string, state: ProxyState): Promise<void> {
  const draft = `${stateFile(socket)}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(state)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(draft, stateFile(socket))
}

/** Synchronous, because it also runs while the process exits. */
export function removeState(socket: string): void {
  rmSync(stateFile(socket), { force: true })
}

/**
 * Prevents others from starting on the same socket, until the returned function is called.
 *
 * @throws CliError if another process is starting
 */
export async function lockStart(socket: string): Promise<() => void> {
  const file = `${socket}.lock`
  const own = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(own, String(process.pid), { mode: 0o600, flag: 'wx' })
    // A link appears together with its content, and only if nothing is there.
    while (!(await succeeds(link(own, file), 'EEXIST'))) await removeStale(file, socket)
    return () => rmSync(file, { force: true })
  } finally {
    await rm(own, { force: true })
  }
}

/** Moves the file away first: only one of several processes can do that, and it checks again what it moved. */
async function removeStale(file: string, socket: string): Promise<void> {
  await refuseLive(file, socket)
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return
  try {
    await refuseLive(aside, socket)
  } catch (error) {
    await succeeds(link(aside, file), 'EEXIST')
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** Process ids are reused, after a restart in a container even this process's own; but no start takes this long. */
async function refuseLive(file: string, socket: string): Promise<void> {
  const { text, mtimeMs } = (await readOwnFile(file)) ?? { text: '', mtimeMs: 0 }
  const pid = Number(text)
  if (pid === process.pid || !isAlive(pid) || Date.now() - mtimeMs > startMs) return
  throw new CliError(`another ghmesh proxy is starting on ${socket} (process ${pid}, according to ${socket}.lock)`)
}

/** False when it fails with this code. */
async function succeeds(work: Promise<void>, unless: string): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== unless) throw error
    return false
  }
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
