import { LRU } from 'tiny-lru'
import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { holdsToken } from '../github/inspect.ts'
import { isJson } from '../github/key.ts'
import { tellableLinks } from '../github/links.ts'
import { isResource, type Quota } from '../github/rate-limit.ts'
import { type Refusal, refusalFrom } from '../github/refusal.ts'
import type { TokenGroup } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Allowances } from '../peers/allowances.ts'
import type { Reputation } from '../peers/reputation.ts'
import { createHome, type HomeOptions } from './home.ts'
import type { OfToken } from './respond.ts'
import { targetsIn } from './told-purges.ts'

export interface TokenAnswersOptions extends Pick<HomeOptions, 'leases' | 'news' | 'self' | 'fetchAllowance'> {
  cache: Cache
  reputation: Reputation
  limits: Limits
  githubNow(): number
  /** What another member with the token says counts: else only as a body that GitHub is asked about. */
  believes: boolean
  /** When an answer of GitHub last ended a viewer's right to a URL, ms; 0 for never. */
  revokedAt(viewer: string, url: string): number
  /** A member that holds a viewer's token says that GitHub refuses it. */
  limitedElsewhere(viewer: string, resource: string | undefined, refusal: Refusal): void
  /** It says what is left of one of the token's limits. */
  spentElsewhere(viewer: string, resource: string, quota: Quota): void
  /** A member has made something stale that the token sees. */
  purged: Purge
  purgeAllowance: Allowances
  /** The user's own narrowing. */
  mayGive(entry: Entry): boolean
}

/** What this member answers those that hold a token, and takes from them. `keyOf`: the key behind a wire key (hex). */
export function createTokenAnswers(
  options: TokenAnswersOptions,
  { viewer, group }: { viewer: string; group: TokenGroup },
  keyOf: (wireName: string) => string | undefined,
  pull: HomeOptions['pull'],
  isClean: ReturnType<typeof createLook>
): OfToken {
  const { cache, reputation, limits, githubNow, believes } = options

  /** What the token's own answers showed within the hour, as of when it did. */
  async function find(wireName: string): Promise<Entry[]> {
    const key = keyOf(wireName)
    const entries = key === undefined ? [] : ((await cache.find(key))?.entries ?? [])
    const found: Entry[] = []
    for (const entry of entries) {
      if (entry.from !== undefined && !reputation.trusts(entry.from)) continue
      const own = confirmedAt(entry.confirmed, viewer) ?? 0
      if (own <= options.revokedAt(viewer, entry.url) || githubNow() - own >= limits.confirmationMs) continue
      if (await mayGive(options, entry, isClean))
        found.push({ ...entry, asOf: Math.min(own, entry.asOf), public: false, anonymous: false })
    }
    return found.sort((a, b) => b.asOf - a.asOf)
  }

  // What of an entry these members can have is known by its wire key only.
  const home = createHome({
    leases: options.leases,
    news: options.news,
    self: options.self,
    fetchAllowance: options.fetchAllowance,
    pull,
    shareable: { keyOf: (wireName) => wireName },
    cache: { find: async (wireName) => ({ key: wireName, entries: await find(wireName) }) },
    mayShare: () => true
  })
  return {
    find,
    home: (from, said) => home(from, group, said),
    purged(from, what) {
      const targets = targetsIn(what, options.purgeAllowance(from))
      void options.purged(targets, what.asOf, from, false).catch(() => {})
    },
    limited({ resource, until, quota }) {
      // A member that holds the token could use it up as well.
      if (!believes || (resource !== undefined && !isResource(resource))) return
      const refusal = refusalFrom({ resource, until }, githubNow())
      if (refusal) options.limitedElsewhere(viewer, resource, refusal)
      if (resource && quota) options.spentElsewhere(viewer, resource, quota)
    }
  }
}

/** Not what carries a token, has links that cannot be told, or the user keeps here. */
export const mayGive = async (
  { mayGive }: Pick<TokenAnswersOptions, 'mayGive'>,
  entry: Entry,
  isClean: (entry: Entry) => Promise<boolean>
): Promise<boolean> =>
  tellableLinks(entry.headers.link, new URL(entry.url)) !== undefined && mayGive(entry) && (await isClean(entry))

/** Whether a body carries no token, and is of the type that members take it for. */
export function createLook(): (entry: Entry) => Promise<boolean> {
  const seen = new LRU<Promise<boolean>>(1000)
  return async ({ hash, body, accept, headers }) => {
    if (isJson(accept) !== isJson(headers['content-type'] ?? '')) return false
    const looked = seen.get(hash) ?? holdsToken(body).then((holds) => !holds)
    seen.set(hash, looked)
    return looked
  }
}
