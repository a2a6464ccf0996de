import { LRU } from 'tiny-lru'
import type { Entry } from '../entry.ts'

/** What this member knows to be on shelves under a key. */
export interface KeptOnShelf {
  /** Of the body; empty where it was taken away, or is to be. */
  hash: string
  /** Relays that may have a body. */
  at: readonly string[]
  /** What purges of it name; see `Purges.targetsOf`. */
  targets: readonly string[]
  /** Of the record, ms: a later one takes its place. */
  signedAt: number
}

const maxKeys = 10_000

/** By key, what this member has left on shelves or taken from them. In memory only: what it forgets, it leaves or takes again. */
export const createKeptOnShelf = () => new LRU<KeptOnShelf>(maxKeys)

/** A body that is as it was is left again after this, so that it stays there for as long as it is used. */
const againMs = 24 * 3_600_000

/** Whether an entry is for a shelf on which `before` is known to be: an own answer that is new. `now`: local clock, ms. */
export const isForShelf = (
  before: KeptOnShelf | undefined,
  { from, hash }: Pick<Entry, 'from' | 'hash'>,
  now: number
): boolean => from === undefined && (before?.hash !== hash || now - before.signedAt >= againMs)
