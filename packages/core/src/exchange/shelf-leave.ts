import { LRU } from 'tiny-lru'
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

/** After a relay was busy, or did not answer. */
const busyMs = 1000
/** Times that a relay is told once more to take something away, while it stays connected. */
const maxTries = 3
const maxOwed = 10_000

type Work = 'leave' | 'take away'

/** Leaves this member's own public answers on shelves, one after the other and in the background. Nothing here rejects. */
export function createShelfLeave(options: ShelfLeaveOptions) {
  const { group, relays, kept, cache, counters, ask, peerId, mayShare, purges, localNow } = options
  const work = createShelfWork<Work>(() => relays.taking.length > 0, send)
  /** Keys of what is to be taken away, until all relays have done so, and how often that was tried since there was one. */
  const owed = new LRU<number>(maxOwed)

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
    // It was to take the place of what was to be taken away.
    if (!packed) return owed.has(key) ? send(key, 'take away') : undefined
    const { hash, targets = before?.targets ?? [] } = packed
    const asked = relays.taking
    const had = before?.at ?? []
    // Before a relay says that it has it: what is made stale or private until then has to be taken away too.
    const left: KeptOnShelf = { hash, targets, signedAt, at: [...new Set([...had, ...asked])] }
    kept.set(key, left)
    const answers = await Promise.all(asked.map((relayId) => put(relayId, packed.question)))
    const of = (relayId: string) => answers[asked.indexOf(relayId)]
    const restMs = answers.includes('busy') ? busyMs : undefined
    const learn = (known: KeptOnShelf) => kept.get(key) === left && kept.set(key, known)
    if (work === 'leave') {
      owed.delete(key)
      // Of one that did not answer nobody knows what it has taken.
      const at = left.at.filter((id) => had.includes(id) || of(id) === 'ok' || of(id) === undefined)
      learn(answers.includes('ok') ? { ...left, at } : { hash: '', targets, signedAt: 0, ...before, at })
      return restMs ?? (relays.taking.length > 0 ? undefined : 0)
    }
    const at = had.filter((id) => of(id) !== 'ok')
    learn({ ...left, at })
    return at.length === 0 ? void owed.delete(key) : (restMs ?? again(key, at))
  }

  /** For how long to rest before relays are told once more to take something away; undefined: until one is there anew. */
  function again(key: string, relayIds: readonly string[]): number | undefined {
    const tries = (owed.get(key) ?? 0) + 1
    owed.set(key, tries)
    return tries <= maxTries && relays.taking.some((id) => relayIds.includes(id)) ? busyMs : undefined
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

  function takeAway(key: string): void {
    owed.set(key, 0)
    work.add(key, 'take away')
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
      for (const [key, { targets, at }] of kept.entries() as [string, KeptOnShelf][])
        if (at.length > 0 && targets.includes(name)) takeAway(key)
    },
    /** There is a relay, perhaps once more: what it did not take away is to go now. */
    start(): void {
      for (const [key] of owed.entries() as [string, number][]) takeAway(key)
      work.start()
    },
    idle: work.idle,
    stop: work.stop
  }
}
