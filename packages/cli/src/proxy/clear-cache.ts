import type { Mesh } from 'ghmesh'
import { openCacheFolder } from 'ghmesh/cache-folder'

/**
 * Removes all that a member keeps; resolves to how many records that were. The folder first, in one go: record by record, as
 * the member does it, 100,000 of them would keep clients waiting for seconds. Then nothing is left for it but its memory.
 */
export async function clearCache(mesh: Pick<Mesh, 'clear' | 'stats'>, cacheDir: string | undefined): Promise<number> {
  const { entries } = mesh.stats()
  const removed = cacheDir === undefined ? undefined : clearFolder(cacheDir)
  await mesh.clear()
  return removed ?? entries
}

/** Undefined where the folder cannot be used, and so the member has its entries in memory alone. */
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
