import { constants } from 'node:fs'
import { access, chmod, lstat, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { defaultCacheDir, makeFolder } from 'ghmesh/node-folder'
import { CliError } from '../errors.ts'
import { requireOwnFolder } from './own-file.ts'
import { usesPipes } from './pipe.ts'

/** Maximum length of a socket's path: the kernel has 108 bytes on Linux and 104 on macOS, the last of them 0. */
const maxPathBytes = 103

/**
 * Where sockets are kept, and notes of what has to be repaired after a crash. In the user's cache folder, which survives a
 * reboot: `XDG_RUNTIME_DIR` would lose the previous value of gh's configuration.
 */
const runFolder = (): string => join(defaultCacheDir(), 'run')

/** The default socket of a proxy. */
export const defaultSocket = (): string => join(runFolder(), 'proxy.sock')

/** Whether a socket can have this path. */
export const canBeSocket = (path: string): boolean => usesPipes || Buffer.byteLength(path) <= maxPathBytes

/** Creates the run folder, readable only by this user. */
export async function makeRunFolder(): Promise<string> {
  const folder = runFolder()
  makeFolder(folder)
  const stats = await lstat(folder)
  // The mode of a link's target or of another user's folder must not be changed; `requireOwnFolder` refuses those.
  if (stats.isDirectory() && stats.uid === process.getuid?.()) await chmod(folder, 0o700)
  await requireOwnFolder(folder)
  return folder
}

/**
 * The path of a proxy's socket; creates nothing.
 *
 * @throws CliError if no socket can have this path
 */
export function socketPath(given: string | undefined): string {
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
 * The socket to listen on; creates its folder.
 *
 * @throws CliError if no socket can have this path, or if others could replace it in its folder
 */
export async function prepareSocketPath(given: string | undefined): Promise<string> {
  const path = socketPath(given)
  const refuse = (error: NodeJS.ErrnoException) => {
    if (error instanceof CliError) throw error
    const { code = '' } = error
    const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
    throw new CliError(`cannot use the folder of ${path}: ${why}; choose another with --socket`)
  }
  // Only folders created here are made private.
  try {
    if (given === undefined) await makeRunFolder()
    else makeFolder(dirname(path))
  } catch (error) {
    refuse(error as NodeJS.ErrnoException)
  }
  const folder = await realpath(dirname(path)).catch(refuse)
  // Anybody who can replace the socket receives what is sent to it, including tokens.
  await requireOwnFolder(folder)
  await access(folder, constants.W_OK | constants.X_OK).catch(refuse)
  return path
}
