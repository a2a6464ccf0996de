import { createHash } from 'node:crypto'
import {
  type Bucket,
  createBucket,
  decodeShelfQuestion,
  encodeShelfAnswer,
  isSignedRecord,
  shelfNumbers
} from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import type { ShelfStore } from './shelf-store.ts'
import type { Reason, Tally } from './tally.ts'

type ShelfAnswer = Parameters<typeof encodeShelfAnswer>[0]
type ShelfQuestion = NonNullable<ReturnType<typeof decodeShelfQuestion>>
type ShelfPut = ShelfQuestion & { type: 'put' }
type ShelfGet = ShelfQuestion & { type: 'get' }
type Code = (ShelfAnswer & { type: 'error' })['code']
const ok = encodeShelfAnswer({ type: 'ok' })
const error = (code: Code) => encodeShelfAnswer({ type: 'error', code })
const idOf = (publicKey: Uint8Array) => createHash('sha256').update(publicKey).digest('hex')

/** What members ask of the shelf, and what they get: only what was left by peers of their own group. */
export function createShelf(
  limits: RelayLimits,
  proofs: Pick<Proofs, 'holds' | 'groupsOf'>,
  store: ShelfStore,
  tally: Tally,
  now: () => number
) {
  const buckets = (perSecond: number, burst: number, max: number) =>
    new LRUCache<string, Bucket>({ max, memoMethod: () => createBucket(perSecond, burst, now) })
  const { shelfPutsPerSecond, shelfPutsBurst, shelfKeysPerSecond, shelfKeysBurst, shelfBytesPerSecond } = limits
  const puts = buckets(shelfPutsPerSecond, shelfPutsBurst, limits.rememberedPeers)
  const keys = buckets(shelfKeysPerSecond, shelfKeysBurst, limits.rememberedPeers)
  const questions = buckets(
    shelfPutsPerSecond + shelfKeysPerSecond,
    shelfPutsBurst + shelfKeysBurst,
    limits.rememberedPeers
  )
  // Of a group, for one member can come under many identities; apart, so that those who leave much do not slow those who take.
  const keysOfGroup = buckets(10 * shelfKeysPerSecond, 10 * shelfKeysBurst, 2 * limits.groups)
  const putsOfGroup = buckets(4 * shelfPutsPerSecond, 4 * shelfPutsBurst, 2 * limits.groups)
  const putBytes = buckets(shelfBytesPerSecond, 8 * shelfBytesPerSecond, 2 * limits.groups)
  const gotBytes = buckets(shelfBytesPerSecond, 8 * shelfBytesPerSecond, 2 * limits.groups)

  const refuse = (reason: Reason, code: Code): Uint8Array => {
    tally.rejected(reason)
    return error(code)
  }

  /** The cheapest check first: a signature is looked at only for a group that could keep the record. */
  async function put(from: string, groupId: string, record: ShelfPut): Promise<Uint8Array> {
    const { key, sealed, signedAt, expiresAt } = record
    const isAllowed = puts.memo(from).take() && putsOfGroup.memo(groupId).take()
    if (!isAllowed || !putBytes.memo(groupId).take(sealed.byteLength)) return refuse('shelf-rate', 'busy')
    if (Math.abs(now() - signedAt) > shelfNumbers.clockMs) return refuse('shelf-time', 'refused')
    if (expiresAt <= now() || expiresAt - signedAt > shelfNumbers.keepMs) return refuse('shelf-time', 'refused')
    if (!store.admits(groupId)) return refuse('shelf-full', 'full')
    if (!(await isSignedRecord(record, from))) return refuse('shelf-signature', 'refused')
    // Again, for others may have taken the last place meanwhile.
    if (!store.admits(groupId)) return refuse('shelf-full', 'full')
    const isKept = store.put(groupId, { key, sender: from, signedAt, expiresAt, sealed })
    if (!isKept) return refuse('shelf-full', 'full')
    tally.left()
    return ok
  }

  function* get(from: string, groupId: string, asked: ShelfGet['keys']): Generator<Uint8Array> {
    if (!store.has(groupId)) return
    for (const [key, after] of asked) {
      const isAllowed = keys.memo(from).take() && keysOfGroup.memo(groupId).take()
      if (!isAllowed || gotBytes.memo(groupId).waitMs() > 0) return yield refuse('shelf-rate', 'busy')
      const record = store.get(groupId, key, after)
      if (!record) continue
      gotBytes.memo(groupId).spend(record.sealed.byteLength)
      tally.taken()
      yield encodeShelfAnswer({ type: 'record', key, ...record })
    }
  }

  return {
    /** Whether a peer's questions are read at all. */
    admits: (peerId: string): boolean => proofs.groupsOf(peerId).length > 0,
    async *request(from: string, asked: Uint8Array): AsyncGenerator<Uint8Array> {
      if (!questions.memo(from).take()) return yield refuse('shelf-rate', 'busy')
      const question = decodeShelfQuestion(asked)
      if (!question) return yield refuse('shelf-malformed', 'malformed')
      const groupId = idOf(question.group)
      if (!proofs.holds(from, groupId)) return yield refuse('shelf-unproven', 'unproven')
      try {
        if (question.type === 'put') yield await put(from, groupId, question)
        else yield* get(from, groupId, question.keys)
      } catch {
        yield refuse('shelf-store', 'busy') // a full disk, say
      }
    }
  }
}
