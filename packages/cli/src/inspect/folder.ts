import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CacheFolder, openCacheFolder } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'

/** Whether a directory contains a cache, in any state. */
export const hasCache = (directory: string): boolean => existsSync(join(directory, 'cache.db'))

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
