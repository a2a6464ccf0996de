import { LRU } from 'tiny-lru'
import { type Bucket, createBucket } from './bucket.ts'

/** What each peer may have this member do, as a bucket of its own: `rate` a second in the long run, `burst` at once. */
export type Allowances = (peerId: string) => Bucket

const maxPeers = 4096

export function createAllowances(rate: number, burst: number, localNow: () => number): Allowances {
  const buckets = new LRU<Bucket>(maxPeers)
  return (peerId) => {
    const known = buckets.get(peerId) ?? createBucket(rate, burst, localNow)
    buckets.set(peerId, known)
    return known
  }
}
