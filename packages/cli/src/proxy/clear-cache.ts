import type { Mesh } from 'ghmesh'
import { openCacheFolder } from 'ghmesh/cache-folder'

/**
 * Removes everything that a member stores; resolves to the number of records. The folder first, all at once: one by one, as the
 * member does it, 100,000 records would keep clients waiting for seconds. The member then only has to clear its memory.
 */
export async function clearCache(mesh: Pick<Mesh, 'clear' | 'stats'>, cacheDir: string | undefined): Promise<number> {
  const { entries } = mesh.stats()
  const removed = cacheDir === undefined ? undefined : clearFolder(cacheDir)
  await mesh.clear()
  return removed ?? entries
}

/** Undefined if the folder cannot be used, so that the member has its entries in memory only. */
function clearFolder(directory: string): number | undefined {
  try {
    const folder = openCacheFolder(directory)
    try {
      return folder.clear()
    } finally {
      folder.close()
    }
  } catch {
    return undefined
  }
}
