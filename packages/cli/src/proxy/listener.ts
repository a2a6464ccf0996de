import { lstat } from 'node:fs/promises'
import { CliError } from '../errors.ts'
import { askSocket } from './ask-socket.ts'
import { isTrusted } from './own-file.ts'
import { pipeOf, usesPipes } from './pipe.ts'

/** What listens on a socket, in words; undefined if nothing does. */
export type Holder = string | undefined

/** What a proxy says about itself; see `own-pages.ts` for the rest. */
interface ProxyIdentity {
  pid: number
  /** ISO time. */
  since: string
}

/** What listens on a socket: nothing, something silent, another program, or a proxy and what it said. */
export type Listener =
  | { kind: 'nobody' }
  | { kind: 'silent' }
  | { kind: 'stranger' }
  | { kind: 'proxy'; said: ProxyIdentity & Record<string, unknown> }

/**
 * What listens on a socket.
 *
 * @throws CliError if the path is not a socket, or belongs to another user
 */
export async function listenerOn(socket: string): Promise<Listener> {
  const stats = await lstat(socket).catch(() => undefined)
  if (!stats) return { kind: 'nobody' }
  const isSocket = usesPipes ? (await pipeOf(socket)) !== undefined : stats.isSocket()
  if (!isSocket) throw new CliError(`${socket} exists and is not a socket`)
  if (!isTrusted(stats)) throw new CliError(`${socket} belongs to another user`)
  try {
    const { text } = await askSocket(socket, { path: '/ghmesh/stats' })
    const said = identityIn(text)
    return said ? { kind: 'proxy', said } : { kind: 'stranger' }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return { kind: 'nobody' }
    if (code === 'EACCES') throw new CliError(`${socket} belongs to another user`)
    return { kind: code.startsWith('HPE_') ? 'stranger' : 'silent' }
  }
}

/**
 * Who listens on a socket.
 *
 * @throws CliError if the path is not a socket, or belongs to another user
 */
export async function holderOf(socket: string): Promise<Holder> {
  const listener = await listenerOn(socket)
  if (listener.kind === 'proxy') return `ghmesh proxy, process ${listener.said.pid}, since ${listener.said.since}`
  return { nobody: undefined, silent: 'a process that does not respond', stranger: 'another program' }[listener.kind]
}

function identityIn(text: string): (ProxyIdentity & Record<string, unknown>) | undefined {
  try {
    const said = JSON.parse(text)
    // Checked by its form, because text that parses as a date can contain anything in brackets.
    const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(said.since)
    return Number.isSafeInteger(said.pid) && isTime ? said : undefined
  } catch {
    return undefined
  }
}
