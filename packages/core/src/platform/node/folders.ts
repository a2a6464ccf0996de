import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export { makeFolder } from '../../store/filesystem-folder.ts'

/**
 * The user's home. The root of the file system where the system knows of none, as for a user without an account: containers
 * make it that one's home, too.
 */
export function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}

/**
 * Where entries and identities are kept unless something else is said: the user's cache folder, by the customs of each system
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function defaultCacheDir(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32')
    return join(LOCALAPPDATA || join(homeFolder(), 'AppData', 'Local'), 'ghmesh', 'Cache')
  if (process.platform === 'darwin') return join(homeFolder(), 'Library', 'Caches', 'ghmesh')
  return join(XDG_CACHE_HOME || join(homeFolder(), '.cache'), 'ghmesh')
}
