import { chmod, lstat, mkdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { CliError } from '../errors.ts'
import { requireOwnFolder } from './own-file.ts'

/** What the kernel has room for in an address: 108 bytes on Linux, 104 on macOS, the last of them 0. */
const maxPathBytes = 103

/** The user's cache folder of ghmesh, where nobody says another one. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData/Local'), 'ghmesh/Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/ghmesh')
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'ghmesh')
}

/**
 * Where sockets, and what has to be put right after a crash, are kept. In the user's cache folder, since it outlives a
 * reboot: `XDG_RUNTIME_DIR` would lose the value that gh's configuration had before.
 */
const runFolder = (): string => join(cacheFolder(), 'run')

/** The socket of a proxy where nobody says another one. */
export const defaultSocket = (): string => join(runFolder(), 'proxy.sock')

/** Whether a socket can have this path: there are none for Node on Windows. */
export const canBeSocket = (path: string): boolean =>
  process.platform !== 'win32' && Buffer.byteLength(path) <= maxPathBytes

/** Makes the run folder, for this user's eyes only. */
export async function makeRunFolder(): Promise<string> {
  const folder = runFolder()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stats = await lstat(folder)
  // A link or another user's folder is none to change the mode of; `requireOwnFolder` says so.
  if (stats.isDirectory() && stats.uid === process.getuid?.()) await chmod(folder, 0o700)
  await requireOwnFolder(folder)
  return folder
}

/**
 * The path of a proxy's socket; nothing is made.
 *
 * @throws CliError for a path that no socket can have
 */
export function socketPath(given: string | undefined): string {
  if (process.platform === 'win32') throw new CliError('Node has no Unix sockets on Windows; use WSL', 2)
  const path = given === undefined ? defaultSocket() : resolve(given)
  if (!canBeSocket(path)) {
    throw new CliError(
      `the path of a socket can have at most ${maxPathBytes} bytes; use a shorter --socket than ${path}`,
      2
    )
  }
  return path
}

/**
 * The socket to listen on, its folder made.
 *
 * @throws CliError for a path that no socket can have, and for a folder in which others could exchange it
 */
export async function prepareSocketPath(given: string | undefined): Promise<string> {
  const path = socketPath(given)
  if (given === undefined) await makeRunFolder()
  // Only what is made here is private.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // Whoever can put another socket in its place gets what is sent to it, tokens too.
  await requireOwnFolder(await realpath(dirname(path)))
  return path
}
