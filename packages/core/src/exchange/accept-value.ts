import { equal, hex, sha256, text } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { StoredValue } from '../cache/record.ts'
import type { Unasked } from '../cache/unasked.ts'
import type { Emit } from '../events.ts'
import { valueKeyOf } from '../github/key.ts'
import type { Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ValueHead } from '../protocol/wire.ts'
import type { ShareableIndex } from './shareable-index.ts'
import { maxTtlMs } from './values.ts'

/** Takes a member's value. Resolves to true when it was taken or is held already. */
export type AcceptValue = (
  head: ValueHead,
  wireKey: Uint8Array,
  group: Names,
  from: string,
  body: Uint8Array
) => Promise<boolean>

export interface AcceptValueOptions {
  cache: Pick<Cache, 'changeValue'>
  shareable: Pick<ShareableIndex, 'add'>
  reputation: Pick<Reputation, 'reject'>
  limits: Pick<Limits, 'valueBytes' | 'clockSkewMs'>
  emit: Emit
  githubNow: () => number
  unasked: Pick<Unasked, 'add'>
}

/** Later wins; of two at the same moment the higher peer id. */
const replaces = (a: Pick<StoredValue, 'at' | 'by'>, b: Pick<StoredValue, 'at' | 'by'>): boolean =>
  a.at > b.at || (a.at === b.at && a.by > b.by)

/** The door through which members' values come in, as `createAccept` is for their entries. */
export function createAcceptValue(options: AcceptValueOptions): AcceptValue {
  const { cache, shareable, reputation, limits, emit, githubNow, unasked } = options

  return async (head, wireKey, group, from, body) => {
    const { name, at, by, expiresAt, deleted } = head
    const refuse = (reason: string) => {
      reputation.reject(from, reason)
      return false
    }
    if (body.byteLength > limits.valueBytes || body.byteLength !== head.size) return refuse('size')
    if (!equal(await sha256(body), head.hash)) return refuse('hash')
    const key = await valueKeyOf(name)
    if (name === '' || !equal(await group.wireKey(key), wireKey)) return refuse('key')
    try {
      JSON.parse(text(body))
    } catch {
      return refuse('content')
    }
    if (expiresAt <= githubNow()) return false
    // Who has seen a value gives its own a later time, which has to count where the clock is a little slower, too.
    const latest = githubNow() + limits.clockSkewMs
    const incoming: StoredValue = {
      name,
      json: body,
      at: Math.min(at, latest),
      by,
      // No longer than `set` allows, whatever a member says.
      expiresAt: Math.min(expiresAt, githubNow() + maxTtlMs),
      deleted
    }
    // What is held from much later, a wrong clock has written.
    const kept = await cache.changeValue(key, (held) =>
      held && held.at <= latest + limits.clockSkewMs && !replaces(incoming, held) ? held : incoming
    )
    if (kept !== incoming) return true
    unasked.add(key, from, body.byteLength)
    await shareable.add(key, hex(head.hash), incoming.at)
    emit('received', { url: name, key, peerId: from })
    return true
  }
}
