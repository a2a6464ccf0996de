import { constants, type Stats } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import process from 'node:process'
import { CliError } from '../errors.ts'

const ofOthers = 0o022
const sticky = 0o1000
/** What stands beside sockets is short. */
const maxBytes = 64 * 1024

/** Whether something is this user's, or the system's; where there are no users, all is. */
export function isTrusted({ uid }: Pick<Stats, 'uid'>): boolean {
  const own = process.getuid?.()
  return own === undefined || uid === own || uid === 0
}

/**
 * A file that this user, or the system, wrote and nobody else can: undefined where there is none, and for everything else, such
 * as a link, or a pipe, at which a reader would wait for ever.
 */
export async function readOwnFile(path: string): Promise<{ text: string; mtimeMs: number } | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using file = await open(path, flags)
    // Of what was opened, for the path may be another file's by now.
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > maxBytes || !isTrusted(stats)) return undefined
    if (process.getuid && stats.mode & ofOthers) return undefined
    return { text: await file.readFile('utf8'), mtimeMs: stats.mtimeMs }
  } catch {
    return undefined
  }
}

/**
 * A folder in which nobody else can exchange a socket or file of this user's: its own or the system's, and writable by others
 * only if it is sticky, as /tmp is.
 *
 * @throws CliError for any other
 */
export async function requireOwnFolder(folder: string): Promise<void> {
  const stats = await lstat(folder)
  const advice = 'choose a folder of your own'
  if (!stats.isDirectory()) throw new CliError(`${folder} is not a folder; ${advice}`)
  if (!isTrusted(stats)) throw new CliError(`${folder} belongs to another user; ${advice}`)
  if (process.getuid && stats.mode & ofOthers && !(stats.mode & sticky))
    throw new CliError(`others can write to ${folder}; ${advice}, or run chmod go-w on it`)
}
