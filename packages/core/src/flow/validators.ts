import { LRU } from 'tiny-lru'
import type { Bytes } from '../bytes.ts'
import type { Purges } from '../cache/purges.ts'
import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { type EtagInputs, type EtagScheme, gitBlobId, opaqueTag } from '../github/etag.ts'
import { inspect } from '../github/inspect.ts'
import { isJson, isRaw } from '../github/key.ts'
import { mayContinue, mayHaveGrown, parseLinks } from '../github/links.ts'
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
      if (entry.local && isJson(entry.headers['content-type'] ?? '')) {
        const { damaged, secret } = await inspect(entry.body, true)
        // Earlier versions kept what was cut off on its way. And the id of a file stays while URLs with a token in them expire.
        if (damaged || (secret && entry.validator === 'object')) return {}
      }
      // And what a member says of other pages it does not prove: where that is not believed, GitHub has to say it.
      const isBelieved = entry.from === undefined || trusts(entry.from)
      if (!isBelieved && (await hasMembersLink(entry, request.url))) return {}
      if (entry.validator === 'object') {
        // Where members are believed, the id of an object says that a member's body is current, if not that it is true.
        const usable = isBelieved || (await isOwnBlob(entry))
        return usable && entry.etag ? { ifNoneMatch: entry.etag } : {}
      }
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

/**
 * Whether an object's id is the body's own: so for raw files. What GitHub says about a file, and the page it makes of one,
 * have the same id as ETag, so a raw body must not pass for those.
 */
export const isOwnBlob = async ({ validator, etag, body, accept }: Entry): Promise<boolean> =>
  validator === 'object' && isRaw(accept) && isBlob(body, etag ?? null)

export const isBlob = async (body: Bytes, etag: string | null): Promise<boolean> =>
  opaqueTag(etag) === (await gitBlobId(body))

/** Whether what an entry says of other pages, if there may be any, is a member's word. */
export const hasMembersLink = async ({ from, accept, body, headers }: Entry, asked: URL): Promise<boolean> =>
  from !== undefined &&
  (headers.link !== undefined || (isJson(accept) && mayContinue(await inspect(body, true), asked)))
