import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { opaqueTag } from '../github/etag.ts'
import type { Condition, OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Assessment } from '../rules/serve.ts'
import { permissionsIn } from './viewer-classes.ts'

/** What a 304 can mean: an entry, or null for what the caller alone has. */
type Meant = Entry | null

/** A condition, and what a 304 to it can mean, by ETag; the asker's own entry is the first. */
interface VariantCondition {
  condition: Condition
  entries: ReadonlyMap<string, Meant>
}

export interface VariantConditions {
  /** What to ask with, where this is held. */
  of(held: Assessment, request: ApiRequest): Promise<VariantCondition>
  /** What a 304 means; undefined where GitHub did not say which. Learns from any answer whether lists are read. */
  meant(asked: VariantCondition, answer: Pick<OriginAnswer, 'status' | 'headers'>): Meant | undefined
}

/**
 * Where viewers get different bodies, one `If-None-Match` names the ETags of several of them (RFC 9110, section 13.1.2): once
 * a body has changed and one viewer has paid for the new one, the others that see the same get it by a free 304.
 *
 * GitHub does not document that it reads lists. So the asker's own ETag comes first, for a server that reads one only, and
 * before a list was seen to work, only a body that seems to be the successor of the asker's is named beside it: then its own one
 * alone would most likely have been a 200 too. An answer that shows that lists are not read ends them for this process.
 *
 * A caller's own ETags are named last, for plain fetch would have got its 304 by them, even where what is held is older.
 */
export function createVariantConditions(
  conditionFor: (entry: Entry, request: ApiRequest) => Promise<Condition>
): VariantConditions {
  let areRead: boolean | undefined

  /** Whether another body has taken the place of the one that this viewer saw. */
  const isSuccessor = (other: Entry, { entry, others }: Assessment, { viewer }: ApiRequest): boolean => {
    const seenAt = confirmedAt(entry.confirmed, viewer)
    return (
      seenAt !== undefined && others.length > 0 && other.asOf > seenAt && permissionsIn(other) === permissionsIn(entry)
    )
  }

  return {
    async of(held, request) {
      const condition = await conditionFor(held.entry, request)
      const { ifNoneMatch, ifModifiedSince } = condition
      if (!ifNoneMatch && !ifModifiedSince)
        return { condition: { ifNoneMatch: request.ifNoneMatch }, entries: new Map([['', null]]) }
      const entries = new Map<string, Meant>([[opaqueTag(ifNoneMatch ?? null), held.entry]])
      if (!ifNoneMatch || areRead === false) return { condition, entries }
      const named = [ifNoneMatch]
      const name = (tag: string, meant: Meant) => {
        if (entries.has(opaqueTag(tag))) return
        entries.set(opaqueTag(tag), meant)
        named.push(tag)
      }
      for (const other of held.varies ? held.others : []) {
        if (!areRead && !isSuccessor(other, held, request)) continue
        const tag = (await conditionFor(other, request)).ifNoneMatch
        if (tag) name(tag, other)
      }
      for (const tag of request.ifNoneMatch?.match(/(?:W\/)?"[^"]*"/g) ?? []) name(tag, null)
      return { condition: { ifNoneMatch: named.join(', ') }, entries }
    },

    meant({ entries }, { status, headers }) {
      const [own] = entries.values()
      if (entries.size < 2) return own
      const meant = entries.get(opaqueTag(headers.get('etag')))
      if (status === 304) {
        if (meant === undefined) areRead = false
        else if (meant !== own) areRead = true
      }
      // It sent a body that was named.
      else if (status === 200 && meant !== undefined) areRead = false
      return meant
    }
  }
}
