import { constants, type Stats } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import process from 'node:process'
import { CliError } from '../errors.ts'

const ofOthers = 0o022
const sticky = 0o1000
/** The files beside sockets are short. */
const maxBytes = 64 * 1024

/** Whether something belongs to this user or the system; always true on systems without users. */
export function isTrusted({ uid }: Pick<Stats, 'uid'>): boolean {
  const own = process.getuid?.()
  return own === undefined || uid === own || uid === 0
}

/**
 * A file that only this user or the system can have written. Undefined if there is none, and for anything else, such as a link,
 * or a pipe on which a reader would wait for ever.
 */
export async function readOwnFile(path: string): Promise<{ text: string; mtimeMs: number } | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using file = await open(path, flags)
    // Of the opened file, because the path may belong to another file by now.
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > maxBytes || !isTrusted(stats)) return undefined
    if (process.getuid && stats.mode & ofOthers) return undefined
    return { text: await file.readFile('utf8'), mtimeMs: stats.mtimeMs }
  } catch {
    return undefined
  }
}

/**
 * Requires a folder in which nobody else can replace a socket or file of this user: it belongs to the user or the system, and
 * others can write to it only if it is sticky, as /tmp is.
 *
 * @throws CliError for any other folder
 */
export async function requireOwnFolder(folder: string): Promise<void> {
  const stats = await lstat(folder)
  const advice = 'choose a folder of your own'
  if (!stats.isDirectory()) throw new CliError(`${folder} is not a folder; ${advice}`)
  if (!isTrusted(stats)) throw new CliError(`${folder} belongs to another user; ${advice}`)
  if (process.getuid && stats.mode & ofOthers && !(stats.mode & sticky))
    throw new CliError(`others can write to ${folder}; ${advice}, or run chmod go-w on it`)
}
