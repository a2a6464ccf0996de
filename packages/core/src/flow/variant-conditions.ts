import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { opaqueTag } from '../github/etag.ts'
import type { Condition, OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Assessment } from '../rules/serve.ts'
import { permissionsIn } from './viewer-classes.ts'

/** A condition, and the entries that a 304 to it can mean, by ETag; the asker's own is the first. */
interface VariantCondition {
  condition: Condition
  entries: ReadonlyMap<string, Entry>
}

export interface VariantConditions {
  /** What to ask with, where this is held. */
  of(held: Assessment, request: ApiRequest): Promise<VariantCondition>
  /** The entry that a 304 means; undefined where GitHub did not say which. Learns from any answer whether lists are read. */
  meant(asked: VariantCondition, answer: Pick<OriginAnswer, 'status' | 'headers'>): Entry | undefined
}

/**
 * Where viewers get different bodies, one `If-None-Match` names the ETags of several of them (RFC 9110, section 13.1.2): once
 * a body has changed and one viewer has paid for the new one, the others that see the same get it by a free 304.
 *
 * GitHub does not document that it reads lists. So the asker's own ETag comes first, for a server that reads one only, and
 * before a list was seen to work, only a body that seems to be the successor of the asker's is named beside it: then its own one
 * alone would most likely have been a 200 too. An answer that shows that lists are not read ends them for this process.
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
      const entries = new Map<string, Entry>()
      const { ifNoneMatch } = condition
      if (ifNoneMatch === undefined) return { condition, entries }
      entries.set(opaqueTag(ifNoneMatch), held.entry)
      const named = [ifNoneMatch]
      for (const other of held.varies && areRead !== false ? held.others : []) {
        if (!areRead && !isSuccessor(other, held, request)) continue
        const tag = (await conditionFor(other, request)).ifNoneMatch
        if (tag === undefined || entries.has(opaqueTag(tag))) continue
        entries.set(opaqueTag(tag), other)
        named.push(tag)
      }
      return { condition: { ifNoneMatch: named.join(', ') }, entries }
    },

    meant({ entries }, { status, headers }) {
      const [own] = entries.values()
      if (entries.size < 2) return own
      const meant = entries.get(opaqueTag(headers.get('etag')))
      if (status === 304) {
        if (!meant) areRead = false
        else if (meant !== own) areRead = true
      }
      // It sent a body that was named.
      else if (status === 200 && meant) areRead = false
      return meant
    }
  }
}
