import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Unasked } from '../cache/unasked.ts'
import type { Entry } from '../entry.ts'
import type { Emit } from '../events.ts'
import { linkHeader, tellableLinks } from '../github/links.ts'
import type { Names } from '../group/group.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { EntryHead } from '../protocol/wire.ts'
import { isHonest, type Refusal } from '../rules/accept.ts'
import type { Counters } from '../stats.ts'
import { checkHead, entryFromMember, type HeadCheck, linkIn } from './head.ts'
import type { ShareableIndex } from './shareable-index.ts'

/** Something a member told or sent of an entry. */
export interface IncomingEntry {
  head: EntryHead
  wireKey: Uint8Array
  group: Names
  from: string
  body?: Uint8Array | undefined
  /** Somebody here waits for it. */
  asked?: boolean
}

export type AcceptResult = { how: 'stored' | 'known' | 'wanted'; key: string } | { how: 'refused'; reason: Refusal }

export interface AcceptOptions {
  cache: Cache
  reputation: Reputation
  counters: Counters
  emit: Emit
  check(): HeadCheck
  /** An entry, with what its sender's word is worth to viewers here. */
  seen?(entry: Entry, asOf: number): Entry
  unasked: Pick<Unasked, 'add'>
  shareable: Pick<ShareableIndex, 'add'>
  mayShare(entry: Entry): boolean
}

/** The one door through which members' entries come in: checked, then stored. */
export function createAccept({
  cache,
  reputation,
  counters,
  emit,
  check,
  seen = (entry) => entry,
  unasked,
  shareable,
  mayShare
}: AcceptOptions): (told: IncomingEntry) => Promise<AcceptResult> {
  return async ({ head, wireKey, group, from, body, asked }) => {
    const refuse = (reason: Refusal): AcceptResult => {
      if (isHonest(reason)) counters.rejected(reason)
      else reputation.reject(from, reason)
      return { how: 'refused', reason }
    }
    const checking = check()
    const checked = await checkHead(head, wireKey, group, checking)
    if (typeof checked === 'string') return refuse(checked)
    const { key } = checked
    const hash = hex(head.hash)
    const held = (await cache.find(key))?.entries.find((entry) => entry.hash === hash)
    if (held) {
      if (reputation.trusts(from))
        await cache.touch(key, (entry) =>
          entry.hash === hash ? (seenLater(entry, head, checking, seen) ?? entry) : entry
        )
      return { how: 'known', key }
    }
    if (!body) return { how: 'wanted', key }
    const entry = await entryFromMember(head, body, from, checking)
    if (typeof entry === 'string') return refuse(entry)
    const { entries } = await cache.add(key, seen(entry, head.asOf))
    // All bodies of the key, for several may have come in this way.
    if (!asked)
      unasked.add(
        key,
        from,
        entries.reduce((sum, one) => sum + one.body.byteLength, 0)
      )
    const told = entries.find(mayShare)
    if (told) await shareable.add(key, told.hash, told.asOf)
    emit('received', { url: entry.url, key, peerId: from })
    return { how: 'stored', key }
  }
}

/**
 * A body that is held, as a member has seen it later; undefined where that cannot be believed. Its `Link` may be another by
 * then: a last page that was full has a next one.
 */
function seenLater(
  entry: Entry,
  head: EntryHead,
  { githubNow, viewer }: HeadCheck,
  seen: (entry: Entry, asOf: number) => Entry
): Entry | undefined {
  if (entry.asOf >= head.asOf && viewer === undefined) return undefined
  const link = linkIn(head, { items: entry.items, list: { items: 0 } })
  if (link === undefined) return undefined
  const asked = new URL(head.url)
  const asOf = Math.max(entry.asOf, head.asOf)
  const own = linkHeader(tellableLinks(entry.headers.link, asked) ?? {}, asked)
  // What others told of the same body may be newer than what this one does.
  if (entry.from === undefined || entry.asOf > head.asOf)
    return link === own ? seen({ ...entry, asOf }, head.asOf) : undefined
  const { link: _, ...headers } = entry.headers
  const later = { ...entry, headers: link ? { ...headers, link } : headers, asOf }
  if (viewer !== undefined) return seen(later, head.asOf)
  // One that has looked it up since may say that what another one told is not public any more.
  const isPublic = entry.public && head.public
  return { ...later, public: isPublic, publicAt: isPublic ? githubNow : undefined }
}
