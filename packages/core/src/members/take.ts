import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Unasked } from '../cache/unasked.ts'
import type { Entry } from '../entry.ts'
import type { Emit } from '../events.ts'
import { linkHeader, tellableLinks } from '../github/links.ts'
import type { Group } from '../group/group.ts'
import type { Counters } from '../stats.ts'
import type { EntryHead } from '../transport/wire.ts'
import type { Guard } from './guard.ts'
import { checkHead, entryFromMember, type HeadCheck, linkIn, type Refusal } from './head.ts'

/** Something a member told or sent of an entry. */
export interface Told {
  head: EntryHead
  wireKey: Uint8Array
  group: Group
  from: string
  body?: Uint8Array
  /** Somebody here waits for it. */
  asked?: boolean
}

export type Taken = { how: 'stored' | 'known' | 'wanted'; key: string } | { how: 'refused'; reason: Refusal }

export interface TakeOptions {
  cache: Cache
  guard: Guard
  counters: Counters
  emit: Emit
  check(): HeadCheck
  unasked: Pick<Unasked, 'add'>
  /** The entry is held now, and can be asked for. */
  noted(key: string): Promise<void>
}

// These can happen among honest members: another version's routes, a clock, an old store. They are counted, not held against anybody.
const honest = new Set<Refusal>(['route', 'future', 'old', 'credential', 'private', 'links'])

/** The one door through which members' entries come in: checked, then stored. */
export function createTake({
  cache,
  guard,
  counters,
  emit,
  check,
  unasked,
  noted
}: TakeOptions): (told: Told) => Promise<Taken> {
  return async ({ head, wireKey, group, from, body, asked }) => {
    const refuse = (reason: Refusal): Taken => {
      if (honest.has(reason)) counters.rejected(reason)
      else guard.reject(from, reason)
      return { how: 'refused', reason }
    }
    const checking = check()
    const checked = await checkHead(head, wireKey, group, checking)
    if (typeof checked === 'string') return refuse(checked)
    const { key } = checked
    const hash = hex(head.hash)
    const held = (await cache.find(key))?.entries.find((entry) => entry.hash === hash)
    if (held) {
      if (guard.trusts(from))
        await cache.touch(key, (entry) =>
          entry.hash === hash && entry.asOf < head.asOf ? (seenLater(entry, head, checking.now) ?? entry) : entry
        )
      return { how: 'known', key }
    }
    if (!body) return { how: 'wanted', key }
    const entry = await entryFromMember(head, body, from, checking)
    if (typeof entry === 'string') return refuse(entry)
    const { entries } = await cache.add(key, entry)
    // All bodies of the key, for several may have come in this way.
    if (!asked)
      unasked.add(
        key,
        from,
        entries.reduce((sum, one) => sum + one.body.byteLength, 0)
      )
    await noted(key)
    emit('received', { url: entry.url, key, peerId: from })
    return { how: 'stored', key }
  }
}

/**
 * A body that is held, as a member has seen it later; undefined where that cannot be believed. Its `Link` may be another by
 * then: a last page that was full has a next one.
 */
function seenLater(entry: Entry, head: EntryHead, now: number): Entry | undefined {
  const link = linkIn(head, { items: entry.items, list: { items: 0 } })
  if (link === undefined) return undefined
  const asked = new URL(head.url)
  if (entry.from === undefined) {
    const own = linkHeader(tellableLinks(entry.headers.link, asked) ?? {}, asked)
    return link === own ? { ...entry, asOf: head.asOf } : undefined
  }
  // One that has looked it up since may say that what another one told is not public any more.
  const isPublic = entry.public && head.public
  const { link: _, ...headers } = entry.headers
  return {
    ...entry,
    headers: link ? { ...headers, link } : headers,
    asOf: head.asOf,
    public: isPublic,
    publicAt: isPublic ? now : undefined
  }
}
