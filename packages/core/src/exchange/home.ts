import { fromHex, hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Entry } from '../entry.ts'
import type { Names } from '../group/group.ts'
import type { Allowances } from '../peers/allowances.ts'
import type { Question } from '../protocol/wire.ts'
import type { LeaseEnd } from './lease.ts'
import type { LeaseNewsDesk } from './lease-news.ts'
import type { Leases } from './leases.ts'
import type { Lookup } from './lookup.ts'
import { createPerPeerLimit } from './per-peer-limit.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface HomeOptions {
  cache: Pick<Cache, 'find'>
  shareable: Pick<ShareableIndex, 'keyOf'>
  leases: Pick<Leases, 'isHolder' | 'renew' | 'settle'>
  news: Pick<LeaseNewsDesk, 'take' | 'isAwaited'>
  pull: Lookup['pull']
  self(): string
  /** Bytes that are fetched for others. */
  fetchAllowance: Allowances
  mayShare(entry: Entry): boolean
}

type Said = Extract<Question, { type: 'lease' }>
type Stored = Extract<LeaseEnd, { state: 'stored' }>

/** Bodies of one holder that are fetched at the same time: any of them may be as large as there are. */
const atOnce = 4

/** Takes what members say of leases: holders to this home how a call ended, homes to this member how it stands. */
export function createHome(options: HomeOptions) {
  const { cache, shareable, leases, news, pull, self, fetchAllowance, mayShare } = options
  const places = createPerPeerLimit(atOnce)
  const underWay = new Set<string>()

  async function held(wireName: string, hash: string): Promise<Entry | undefined> {
    const key = shareable.keyOf(wireName)
    const holding = key === undefined ? undefined : await cache.find(key)
    return holding?.entries.find((entry) => entry.hash === hash && mayShare(entry))
  }

  async function fetchFrom(from: string, named: Names, wireKey: Uint8Array, { hash }: Stored): Promise<void> {
    const wireName = hex(wireKey)
    const done = await places.take(from)
    try {
      // What this member waits for itself is fetched, whatever the holder has sent for others.
      const left = news.isAwaited(wireName, self()) ? undefined : fetchAllowance(from)
      if (left?.take() === false) return
      const before = (await held(wireName, hash))?.hash
      const byteLength = await pull({ peerId: from, wireKey, named, hash: fromHex(hash) }, before)
      left?.spend(byteLength)
    } finally {
      done()
    }
  }

  /** Those that wait are sent here, so the answer must be here first. A holder that says `stored` and has nothing has failed. */
  async function fetched(from: string, group: Names, wireKey: Uint8Array, end: Stored): Promise<LeaseEnd> {
    const wireName = hex(wireKey)
    const isHere = async () => ((await held(wireName, end.hash))?.asOf ?? 0) >= end.asOf
    try {
      if (!(await isHere())) {
        leases.renew(wireName, from)
        await fetchFrom(from, group, wireKey, end)
      }
      return (await isHere()) ? end : { state: 'failed' }
    } catch {
      return { state: 'failed' }
    }
  }

  async function settle(from: string, group: Names, wireKey: Uint8Array, end: Stored): Promise<void> {
    const name = `${hex(wireKey)} ${end.hash} ${from}`
    if (underWay.has(name)) return // it says so again
    underWay.add(name)
    leases.settle(hex(wireKey), from, await fetched(from, group, wireKey, end))
    underWay.delete(name)
  }

  /** False for what nobody waits for. */
  return (from: string, group: Names, said: Said): boolean => {
    const { key, state, hash, asOf } = said
    const wireName = hex(key)
    const stored = hash && asOf !== undefined && { state: 'stored' as const, hash: hex(hash), asOf }
    const isHolder = leases.isHolder(wireName, from)
    if (state === 'nothing' || state === 'failed') {
      if (isHolder) leases.settle(wireName, from, { state })
      return isHolder
    }
    if (state !== 'stored') return news.take(wireName, from, { state })
    if (!stored) return false
    if (isHolder) void settle(from, group, key, stored)
    return news.take(wireName, from, stored) || isHolder
  }
}
