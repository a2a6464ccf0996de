import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type CacheFolder, openCacheFolder } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'

/**
 * Whether a directory contains a cache, in any state.
 *
 * @throws CliError if this user cannot look
 */
export function hasCache(directory: string): boolean {
  try {
    return statSync(join(directory, 'cache.db'), { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') return false
    throw new CliError(
      `cannot read ${directory} (${code}): give yourself access, or choose another folder with --cache-dir`
    )
  }
}

/**
 * Opens the cache of a directory while `work` runs.
 *
 * @throws CliError if there is none; MeshError if it cannot be read
 */
export async function withFolder<T>(directory: string, work: (folder: CacheFolder) => Promise<T> | T): Promise<T> {
  if (!hasCache(directory)) {
    throw new CliError(
      `there is no cache in ${directory}; choose another with --cache-dir, or fill one with "ghmesh get"`
    )
  }
  const folder = openCacheFolder(directory)
  try {
    return await work(folder)
  } finally {
    folder.close()
  }
}
