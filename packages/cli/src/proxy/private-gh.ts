import { createHash } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { chmod, copyFile, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ghConfigDir, setGhSocket } from './gh-config.ts'
import { canBeSocket, makeRunFolder } from './socket-path.ts'
import { isAlive } from './state.ts'

/** A configuration of gh for one command. */
export interface PrivateGh {
  configDir: string
  socket: string
  remove(): Promise<void>
}

/** A copy of gh's configuration that uses a socket next to it, in a folder that only this user can read. */
export async function privateGh(): Promise<PrivateGh> {
  const configDir = await makeFolder()
  const remove = () => rm(configDir, { recursive: true, force: true })
  try {
    for (const name of ['config.yml', 'hosts.yml']) {
      const copy = join(configDir, name)
      const found = await copyFile(join(ghConfigDir(), name), copy).then(
        () => true,
        (error) => {
          if (error.code !== 'ENOENT') throw error
          return false
        }
      )
      if (found) await chmod(copy, 0o600)
    }
    const socket = socketIn(configDir)
    setGhSocket(configDir, socket)
    return { configDir, socket, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const socketIn = (folder: string) => join(folder, 's')

/**
 * Process ids mean something in one namespace of one machine only, and a home can be shared by several, as by containers. So the
 * names of folders say where the process is.
 */
const prefix = 'ghmesh-gh-'
const here = createHash('sha256').update(`${hostname()} ${pidNamespace()}`).digest('hex').slice(0, 6)

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '' // elsewhere than on Linux there is one
  }
}

/** What was left behind elsewhere goes after this: whether its process lives cannot be known. */
const foreignMs = 24 * 3_600_000

/** In the run folder, or among temporary files if that cannot be written or its path is too long for a socket. */
async function makeFolder(): Promise<string> {
  try {
    const run = await makeRunFolder()
    if (canBeSocket(socketIn(join(run, `${prefix}${here}-${process.pid}-XXXXXX`)))) return await makeFolderIn(run)
  } catch {} // no place for it
  return makeFolderIn(tmpdir())
}

async function makeFolderIn(parent: string): Promise<string> {
  await sweep(parent)
  return mkdtemp(join(parent, `${prefix}${here}-${process.pid}-`))
}

/** Removes what killed commands left behind, because it may contain a token of gh. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [where, pid] = name.startsWith(prefix) ? name.slice(prefix.length).split('-') : []
    if (where === undefined || (where === here && isAlive(Number(pid)))) continue
    const folder = join(parent, name)
    // Among temporary files anybody can create a folder with this name, and replace it while it is being removed.
    const owner = await lstat(folder).catch(() => undefined)
    if (!owner || owner.uid !== process.getuid?.()) continue
    if (where === here || Date.now() - owner.mtimeMs > foreignMs) await rm(folder, { recursive: true, force: true })
  }
}
