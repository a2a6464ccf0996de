import { fromHex, hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Entry } from '../entry.ts'
import type { Names } from '../group/group.ts'
import type { Question } from '../protocol/wire.ts'
import type { LeaseEnd } from './lease.ts'
import type { LeaseNewsDesk } from './lease-news.ts'
import type { Leases } from './leases.ts'
import type { Lookup } from './lookup.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface HomeOptions {
  cache: Pick<Cache, 'find'>
  shareable: Pick<ShareableIndex, 'keyOf'>
  leases: Pick<Leases, 'isHolder' | 'renew' | 'settle'>
  news: Pick<LeaseNewsDesk, 'take'>
  pull: Lookup['pull']
  mayShare(entry: Entry): boolean
}

type Said = Extract<Question, { type: 'lease' }>
type Stored = Extract<LeaseEnd, { state: 'stored' }>

/** Takes what members say of leases: holders to this home how a call ended, homes to this member how it stands. */
export function createHome({ cache, shareable, leases, news, pull, mayShare }: HomeOptions) {
  async function held(wireName: string, hash: string): Promise<Entry | undefined> {
    const key = shareable.keyOf(wireName)
    const holding = key === undefined ? undefined : await cache.find(key)
    return holding?.entries.find((entry) => entry.hash === hash && mayShare(entry))
  }

  /** Those that wait are sent here, so the answer must be here first. A holder that says `stored` and has nothing has failed. */
  async function fetched(from: string, group: Names, wireKey: Uint8Array, end: Stored): Promise<LeaseEnd> {
    const wireName = hex(wireKey)
    const isHere = async () => ((await held(wireName, end.hash))?.asOf ?? 0) >= end.asOf
    try {
      if (!(await isHere())) {
        leases.renew(wireName, from)
        await pull(
          { peerId: from, wireKey, named: group, hash: fromHex(end.hash) },
          (await held(wireName, end.hash))?.hash
        )
      }
      return (await isHere()) ? end : { state: 'failed' }
    } catch {
      return { state: 'failed' }
    }
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
    if (isHolder) void fetched(from, group, key, stored).then((end) => leases.settle(wireName, from, end))
    return news.take(wireName, from, stored) || isHolder
  }
}
