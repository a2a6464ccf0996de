import { within } from './abort.ts'
import type { Bytes } from './bytes.ts'
import { createCache } from './cache/cache.ts'
import { createPurge } from './cache/purge.ts'
import { createPurges } from './cache/purges.ts'
import { MeshError } from './errors.ts'
import { createEvents } from './events.ts'
import { createAudit } from './exchange/audit.ts'
import { createAdmission } from './flow/admission.ts'
import { createAfterWrite } from './flow/after-write.ts'
import { createAnnounce } from './flow/announce.ts'
import { createAskAgain } from './flow/ask-again.ts'
import { createAskGitHub } from './flow/ask-github.ts'
import { createAskerOf } from './flow/asker.ts'
import { createClassifier, type TokenSource } from './flow/classify.ts'
import { hide } from './flow/hide.ts'
import { createInFlightRequests } from './flow/in-flight.ts'
import { createNegativeCache } from './flow/negative-cache.ts'
import type { Outcome } from './flow/outcome.ts'
import { createPublicity } from './flow/publicity.ts'
import { type Flow, resolve } from './flow/resolve.ts'
import { createResponder } from './flow/response.ts'
import { createRights } from './flow/rights.ts'
import { createValidators } from './flow/validators.ts'
import { createViewers } from './flow/viewers.ts'
import { createClock } from './github/clock.ts'
import { createEtagScheme } from './github/etag.ts'
import { createOrigin } from './github/origin.ts'
import { createTargets } from './github/request.ts'
import { createRoutes } from './github/routes.ts'
import { createViewerHeaders } from './github/viewer-headers.ts'
import { createVisibility, isOpen } from './github/visibility.ts'
import type { Members, OwnSide } from './members.ts'
import type { readOptions } from './options.ts'
import { isForAll, mayShare as isShareable } from './rules/share.ts'
import { createCounters } from './stats.ts'
import type { Store } from './store/store.ts'

/** What a member is put together from, once options and platform are known. */
export interface MemberParts {
  options: ReturnType<typeof readOptions>
  name: string
  store: Store
  machineKey: Bytes
  seesRedirects: boolean
  /** Makes the part with the others: members, another tab, or nobody. */
  members(own: OwnSide): Members
  /** The user's token. */
  token: TokenSource
  /** Calls when things may be better than before; returns what ends that. */
  onWake(wake: () => void): () => void
  /** Lets go of what the platform holds for this mesh. */
  release(): Promise<void>
}

const defaultStaleIfErrorMs = 86_400_000
const driftMessage =
  "GitHub's ETags cannot be recomputed any more; members' answers are fetched anew when stale until they can"

/** Puts one member together, and does nothing else. */
export function composeMember(parts: MemberParts) {
  const { options } = parts
  const { limits, share = 'public', trust = 'group' } = options
  const apiUrl = new URL(options.apiUrl ?? 'https://api.github.com')

  // The ground: time, chance, events, figures.
  const localNow = options.now ?? Date.now
  const random = options.random ?? Math.random
  const { monotonicNow = options.now ? undefined : () => performance.now() } = options
  const clock = createClock(localNow, limits.maxHeardClockMs, monotonicNow)
  const githubNow = clock.now
  const { target: events, emit } = createEvents(options.logger)
  const counters = createCounters()
  const stats = () => {
    const { entries, bytes, evicted } = cache.figures
    const { peerId } = members
    return counters.now({ entries, bytes, evictions: evicted, connectedPeers: members.peers().length, peerId })
  }

  // What is held, and what is known of it.
  const purges = createPurges(apiUrl)
  const cache = createCache(parts.store, limits, githubNow, purges, {
    warning: (error) => emit('warning', error),
    read: (entry) => publicity.recall(entry)
  })
  const purge = createPurge({ cache, purges, emit })
  const routeOf = createRoutes(options.routes)
  const sharing = {
    apiUrl,
    sharesAll: share === 'group',
    isHidden: (repository: string) => visibility.isHidden(repository)
  }
  const mayShare: OwnSide['mayShare'] = (entry) => isShareable(entry, sharing)

  // The others.
  const members = parts.members({
    cache,
    counters,
    limits,
    emit,
    localNow,
    githubNow,
    random,
    clock,
    mayShare,
    check: () => ({ apiUrl, routeOf, limits, githubNow: githubNow() }),
    purged: (target, asOf, from) => purge([target], Math.min(asOf, githubNow()), from),
    ownStats: stats,
    expired(key) {
      counters.expired()
      void cache.delete(key)
    }
  })
  const trusts = (peerId: string | undefined) =>
    trust === 'group' && (peerId === undefined || members.reputation.trusts(peerId))

  // Requests, and what GitHub says to them.
  const visibility = createVisibility({
    now: githubNow,
    recentMs: members.isAlone ? limits.visibilityMs : limits.visibilityRecentMs,
    visibilityMs: limits.visibilityMs,
    aliasMs: limits.aliasMs,
    isOpen: isOpen(apiUrl),
    hidden: (names) => void hide(cache, names).catch(() => {})
  })
  const publicity = createPublicity({ apiUrl, visibility, limits })
  const targets = createTargets({
    apiUrl,
    routeOf,
    isForAll,
    repositoryName: visibility.nameOf,
    aliasMs: limits.aliasMs,
    now: localNow
  })
  const viewers = createViewers(parts.machineKey)
  const classifier = createClassifier({ apiUrl, targets, viewers, token: parts.token })
  const viewerHeaders = createViewerHeaders(githubNow)
  const origin = createOrigin({
    clock,
    viewerHeaders,
    counters,
    localNow: clock.local,
    fetch: options.fetch,
    answeredAfter: members.githubTook,
    maxBytes: limits.entryBytes,
    seesRedirects: parts.seesRedirects
  })
  const etags = createEtagScheme(githubNow, () => emit('warning', new MeshError('ERR_PROTOCOL', driftMessage)))
  const validators = createValidators({ etags, purges, trusts })
  const missing = createNegativeCache({ githubNow, notFoundMs: limits.notFoundMs, purgedAt: purges.at })

  // From a request to its answer.
  const announce = createAnnounce({
    apiUrl,
    cache,
    purges,
    visibility,
    classifier,
    mayShare,
    members,
    ask: (request) => resolve(flow, request)
  })
  const rights = createRights({ cache, visibility, doubt: announce.doubt })
  const admission = createAdmission({
    cache,
    etags,
    validators,
    publicity,
    targets,
    missing,
    limits,
    emit,
    githubNow,
    narrow: typeof share === 'function' ? share : undefined,
    announce: announce.share
  })
  const askerOf = createAskerOf({ githubNow, ttlMs: options.ttlMs, purges, rights, visibility, trusts, limits })
  const askGitHub = createAskGitHub({
    origin,
    emit,
    staleIfErrorMs: options.staleIfErrorMs ?? defaultStaleIfErrorMs,
    askerOf,
    conditionFor: validators.conditionFor,
    refresh: admission.refresh,
    admit: admission.admit,
    rights,
    missing
  })
  const askAgain = createAskAgain({ classifier, resolve: (request) => resolve(flow, request) })
  const audit = createAudit({
    oneIn: limits.auditOneIn,
    githubNow,
    random,
    cache,
    reputation: members.reputation,
    recheck: (request) => askAgain.again(request, request.url.href, request)
  })
  const inFlight = createInFlightRequests<Outcome>({
    now: localNow,
    abandonedMs: limits.abandonedMs,
    backgroundMs: limits.backgroundMs,
    maxWaitMs: limits.membersBudgetMs
  })
  const flow: Flow = {
    cache,
    inFlight,
    members,
    missing,
    askGitHub,
    askerOf,
    respond: createResponder({ githubNow, etagFor: validators.etagFor, viewerHeaders }),
    counters,
    emit,
    audit,
    maxWaitMs: limits.membersBudgetMs
  }
  const afterWrite = createAfterWrite({
    apiUrl,
    limits,
    githubNow,
    visibility,
    cache,
    purges,
    missing,
    purge,
    members,
    askAgain
  })

  const sleep = parts.onWake(members.retryNow)
  return {
    apiUrl,
    cache,
    githubNow,
    events,
    flow,
    mayShare,
    members,
    origin,
    purge,
    purges,
    classifier,
    afterWrite,
    stats,
    clear() {
      missing.clear()
      return cache.clear()
    },
    async stop(): Promise<void> {
      askAgain.stop()
      sleep()
      await within(afterWrite.stop(), limits.stopMs)
      if (members.peers().length > 0) await within(announce.idle(), limits.stopMs)
      try {
        await members.stop()
      } finally {
        inFlight.stop()
        await cache.close()
        await parts.release()
      }
    }
  }
}
