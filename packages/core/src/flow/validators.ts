import { LRU } from 'tiny-lru'
import type { Purges } from '../cache/purges.ts'
import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import type { EtagInputs, EtagScheme } from '../github/etag.ts'
import { isJson } from '../github/key.ts'
import { mayHaveGrown, parseLinks } from '../github/links.ts'
import type { Condition } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'

export interface ValidatorsOptions {
  etags: EtagScheme
  purges: Pick<Purges, 'at'>
  /** Whether a member's word is believed. */
  trusts(peerId: string | undefined): boolean
}

const maxRemembered = 10_000

export const etagInputs = ({ accept, authorization }: ApiRequest): EtagInputs => ({ accept, authorization })

// The header's own text: one viewer may send its token in several ways, and GitHub hashes what was sent.
const nameOf = (key: string, hash: string, { authorization }: ApiRequest) => `${key} ${hash} ${authorization}`

/** Which ETag a request would get for an entry, and when a 304 to it would prove the entry. */
export function createValidators({ etags, purges, trusts }: ValidatorsOptions) {
  // ETags that only work with the token that got them; they stay in memory, for they are bound to it.
  const verbatim = new LRU<string>(maxRemembered)
  const computed = (entry: Entry, request: ApiRequest) => etags.compute(entry.body, etagInputs(request), request.viewer)

  return {
    /** GitHub gave this ETag, which cannot be computed, to a request. */
    remember: (key: string, hash: string, request: ApiRequest, etag: string): void =>
      void verbatim.set(nameOf(key, hash, request), etag),

    /** The ETag that this request would get for an entry. */
    async etagFor(entry: Entry, request: ApiRequest): Promise<string | undefined> {
      if (entry.validator === 'object') return entry.etag
      if (entry.validator === 'portable') return computed(entry, request)
      return verbatim.get(nameOf(request.key, entry.hash, request))
    },

    /** The condition under which a 304 would show that an entry is current. Empty: only a new body can. */
    async conditionFor(entry: Entry, request: ApiRequest): Promise<Condition> {
      // The ETag does not cover `Link`, so a 304 could hide the next page for ever.
      if (mayHaveGrown(entry.items, entry.headers.link, request.url)) return {}
      // Nor does a first page that stays the same show that the last one is another now.
      if (parseLinks(entry.headers.link).last && purges.at(request.canonical) >= entry.asOf) return {}
      const isBelieved = entry.from === undefined || trusts(entry.from)
      if (!isBelieved || (entry.local && isJson(entry.headers['content-type'] ?? ''))) {
        // Loaded only where a body has to be read; where it cannot be, nothing is known of the body.
        const doubts = await import('./doubts.ts').catch(() => undefined)
        if (!doubts || (await doubts.needsNewBody(entry, request.url, isBelieved))) return {}
      }
      if (entry.validator === 'object') return entry.etag ? { ifNoneMatch: entry.etag } : {}
      const ifNoneMatch =
        (entry.validator === 'portable' && (await computed(entry, request))) ||
        verbatim.get(nameOf(request.key, entry.hash, request))
      if (ifNoneMatch) return { ifNoneMatch }
      const isOwn = entry.from === undefined && confirmedAt(entry.confirmed, request.viewer)
      const ifModifiedSince = isOwn ? entry.headers['last-modified'] : undefined
      return ifModifiedSince ? { ifModifiedSince } : {}
    }
  }
}
