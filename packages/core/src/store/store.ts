import type { AbortOptions } from '../abort.ts'

/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [k: string]: Json }

/**
 * What stands beside the bytes of a record: plain JSON. A store keeps it as it is and never looks inside;
 * `version` tells ghmesh how to read the rest, and what it does not know it takes for absent.
 */
export interface StoreMeta {
  readonly version: number
  readonly [field: string]: Json | undefined
}

/** What a store keeps under one key. */
export interface StoreRecord {
  readonly meta: StoreMeta
  readonly body: Uint8Array
}

/** Bounds of a store; both hold at any time, and the least recently used record goes first. */
export interface StoreBounds {
  /** Sum of all bodies, in bytes. */
  maxBytes?: number | undefined
  /** Number of records. */
  maxEntries?: number | undefined
}

/** What a store holds, as of its last call that changed something. */
export interface StoreFigures {
  /** Records. */
  readonly entries: number
  /** Sum of their bodies. */
  readonly bytes: number
  /** Records that this store has removed to keep its bounds, since it was made. */
  readonly evicted: number
}

/**
 * Bytes by key, bounded by bytes and count. Calls may overlap; the last `put` of a key wins, and a later `touch` counts.
 * Whatever is absent or damaged is `undefined`. What cannot be used at all (no permission, full disk, closed)
 * rejects with MeshError `ERR_STORE`. An aborted signal rejects with its reason.
 */
export interface Store {
  /**
   * What it holds. A store that bounds itself has to tell, or `stats()` counts what was put into it and knows of no eviction.
   * Undefined while the store does not know yet.
   */
  readonly figures?: StoreFigures | undefined
  /** The record as it was put, or undefined. Counts as a use. */
  get(key: string, options?: AbortOptions): Promise<StoreRecord | undefined>
  /** Replaces the record whole, then evicts what the bounds no longer hold. A body larger than `maxBytes` is not kept. */
  put(key: string, record: StoreRecord, options?: AbortOptions): Promise<void>
  /** Replaces the meta and leaves the body as it is; an absent key stays absent. */
  touch(key: string, meta: StoreMeta, options?: AbortOptions): Promise<void>
  /** Removes the record; an absent key is no error. */
  delete(key: string, options?: AbortOptions): Promise<void>
  /** Removes all records, in steps that leave room for other work. Without it they are deleted one by one. */
  clear?(options?: AbortOptions): Promise<void>
  /** Every record once, in no order, without reading bodies. Records that come or go meanwhile may be missed. */
  list(options?: AbortOptions): AsyncIterable<{ key: string; byteLength: number; meta: StoreMeta }>
  /** Ends what is under way and lets go of everything. Calls after it reject with `ERR_STORE`; a second close does nothing. */
  close(): Promise<void>
}
