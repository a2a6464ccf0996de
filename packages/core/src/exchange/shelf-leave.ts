import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import { decodeShelfAnswer } from '../protocol/shelf.ts'
import type { Counters } from '../stats.ts'
import { drain, type Frames } from './frames.ts'
import { type createKeptOnShelf, isForShelf, type KeptOnShelf } from './shelf-kept.ts'
import { packRecord, packRemoval } from './shelf-record.ts'
import type { ShelfRelays } from './shelf-relays.ts'
import { createShelfWork } from './shelf-work.ts'

export interface ShelfLeaveOptions {
  group: Group
  relays: Pick<ShelfRelays, 'taking' | 'full' | 'faulty'>
  kept: ReturnType<typeof createKeptOnShelf>
  cache: Pick<Cache, 'find'>
  counters: Pick<Counters, 'rejected'>
  /** Sends a question to a relay. */
  ask(relayId: string, question: Uint8Array): Frames
  peerId(): string
  mayShare(entry: Entry): boolean
  purges: Pick<Purges, 'at' | 'normalise' | 'targetsOf'>
  localNow: () => number
}

/** After a relay was busy. */
const busyMs = 1000

type Work = 'leave' | 'take away'

/** Leaves this member's own public answers on shelves, one after the other and in the background. Nothing here rejects. */
export function createShelfLeave(options: ShelfLeaveOptions) {
  const { group, relays, kept, cache, counters, ask, peerId, mayShare, purges, localNow } = options
  const work = createShelfWork<Work>(() => relays.taking.length > 0, send)

  /** What is still true of it now. */
  async function pack(key: string, work: Work, signedAt: number) {
    const wireKey = await group.wireKey(key)
    const writer = { group, peerId: peerId(), signedAt }
    if (work === 'take away') return { question: await packRemoval(writer, wireKey), hash: '' }
    const entry = (await cache.find(key))?.entries.find(
      (held) => held.from === undefined && held.public && mayShare(held) && held.asOf > purges.at(held.url)
    )
    const question = entry && (await packRecord(writer, wireKey, entry))
    return question && { question, hash: entry.hash, targets: purges.targetsOf(entry.url) }
  }

  /** As `createShelfWork` has it. */
  async function send(key: string, work: Work): Promise<number | undefined> {
    const before = kept.get(key)
    const signedAt = Math.max(Math.round(localNow()), (before?.signedAt ?? 0) + 1)
    const packed = await pack(key, work, signedAt)
    if (!packed) return undefined
    // Before a relay says that it has it: what is made stale or private until then has to be taken away too.
    const left = { hash: packed.hash, targets: packed.targets ?? before?.targets ?? [], signedAt }
    kept.set(key, left)
    const answers = await Promise.all(relays.taking.map((relayId) => put(relayId, packed.question)))
    if (!answers.includes('ok') && kept.get(key) === left) {
      if (before) kept.set(key, before)
      else kept.delete(key)
    }
    if (answers.includes('busy')) return busyMs
    // Of a relay that has gone meanwhile nobody knows what it has taken.
    return relays.taking.length > 0 ? undefined : 0
  }

  async function put(relayId: string, question: Uint8Array): Promise<string | undefined> {
    const frames = ask(relayId, question)
    const { value: frame } = await frames.next().catch(() => ({ value: undefined }))
    drain(frames)
    if (!frame) return undefined
    const answer = decodeShelfAnswer(frame)
    if (answer?.type === 'ok') return 'ok'
    if (answer?.type === 'error') {
      if (answer.code === 'full' || answer.code === 'unproven') relays.full(relayId)
      return answer.code
    }
    counters.rejected('malformed')
    relays.faulty(relayId)
    return undefined
  }

  return {
    /** An own answer that members may be told of: it is left if it is new. */
    leave(key: string, entry: Entry): void {
      if (entry.public && isForShelf(kept.get(key), entry, localNow())) work.add(key, 'leave')
    },
    /** Takes away what this member knows to be there, of a URL or a repository. */
    takeAway(target: string): void {
      const name = purges.normalise(target)
      if (name === undefined) return
      for (const [key, { targets, hash }] of kept.entries() as [string, KeptOnShelf][])
        if (hash !== '' && targets.includes(name)) work.add(key, 'take away')
    },
    start: work.start,
    idle: work.idle,
    stop: work.stop
  }
}
