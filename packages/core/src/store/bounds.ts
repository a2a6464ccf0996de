import { MeshError } from '../errors.ts'
import { defaultLimits } from '../limits.ts'
import type { StoreBounds } from './store.ts'

/**
 * The bounds with the defaults filled in.
 * @throws MeshError `ERR_INVALID_OPTION` for what is not a positive integer.
 */
export function checkBounds(
  { maxBytes, maxEntries = defaultLimits.storeEntries }: StoreBounds,
  defaultBytes: number
): { maxBytes: number; maxEntries: number } {
  const bounds = { maxBytes: maxBytes ?? defaultBytes, maxEntries }
  for (const [name, value] of Object.entries(bounds))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new MeshError('ERR_INVALID_OPTION', `${name} must be a positive integer, got ${String(value)}`)
  return bounds
}

/** What every store says to calls that come too late. */
export function closedError(): MeshError {
  return new MeshError('ERR_STORE', 'the store is closed')
}
