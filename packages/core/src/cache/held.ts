import { repositoryOf } from '../github/routes.ts'
import type { Limits } from '../limits.ts'
import { createSizedLru } from '../sized-lru.ts'
import type { Purges } from './purges.ts'

/** What the store keeps, by key and by what a purge names. */
export interface Held {
  /** `url`: absent for a value. */
  note(key: string, byteLength: number, url?: string): void
  delete(key: string): void
  clear(): void
  readonly size: { entries: number; bytes: number }
  /** The keys below any of these targets, as `Purges.normalise` names them, each once. */
  below(targets: readonly string[]): Set<string>
}

/** An index of what was put into the store or read from it: to ask the store which keys a purge names would go through all of it. */
export function createHeld(limits: Limits, purges: Purges): Held {
  // By repository (empty: none). Paths are compared when one is named: an index by path would take memory for each, for purges alone.
  const keysOf = new Map<string, Set<string>>()
  const records = createSizedLru<{ byteLength: number; path: string | undefined }>({
    maxBytes: limits.filesystemBytes,
    maxEntries: limits.storeEntries,
    bytesOf: ({ byteLength }) => byteLength,
    left(key, { path }) {
      if (path !== undefined) forget(path, key)
    }
  })

  function forget(path: string, key: string): void {
    const repository = repositoryOf(path) ?? ''
    const keys = keysOf.get(repository)
    keys?.delete(key)
    if (keys?.size === 0) keysOf.delete(repository)
  }

  return {
    note(key, byteLength, url) {
      const known = records.peek(key)
      const path = known?.path ?? (url === undefined ? undefined : purges.targetsOf(url)[0])
      records.set(key, { byteLength, path })
      if (path !== undefined && known?.path === undefined && records.peek(key)) {
        const repository = repositoryOf(path) ?? ''
        keysOf.set(repository, (keysOf.get(repository) ?? new Set()).add(key))
      }
    },
    delete: records.delete,
    clear() {
      keysOf.clear()
      records.clear()
    },
    get size() {
      return { entries: records.size, bytes: records.bytes }
    },
    below(targets) {
      const named = new Set<string | undefined>(targets)
      const repositories = new Set(targets.map((one) => (one.startsWith('/') ? (repositoryOf(one) ?? '') : one)))
      const keys = new Set<string>()
      for (const repository of repositories)
        for (const key of keysOf.get(repository) ?? [])
          if (named.has(repository) || named.has(records.peek(key)?.path)) keys.add(key)
      return keys
    }
  }
}
