import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CacheFolder, openCacheFolder } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'

/** Whether there is a cache in a directory, of whatever state. */
export const hasCache = (directory: string): boolean => existsSync(join(directory, 'cache.db'))

/**
 * Opens the cache of a directory for as long as `work` takes.
 *
 * @throws CliError when there is none; MeshError when it cannot be read
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
