import { within } from './abort.ts'
import type { Bytes } from './bytes.ts'
import { createCache } from './cache/cache.ts'
import { createPurge, type Purge } from './cache/purge.ts'
import { createPurges } from './cache/purges.ts'
import { createEvents } from './events.ts'
import { createAliases } from './flow/aliases.ts'
import type { TokenSource } from './flow/classify.ts'
import { createFlow, type GroupFlow } from './flow/create-flow.ts'
import { createHide } from './flow/hide.ts'
import { isNarrowedOut } from './flow/narrow.ts'
import { createApi } from './github/api.ts'
import { createClock } from './github/clock.ts'
import type { FollowRedirects } from './github/redirects.ts'
import { createRoutes } from './github/routes.ts'
import { createVisibility, isOpen } from './github/visibility.ts'
import type { Members, OwnSide } from './members.ts'
import type { ReadOptions } from './options.ts'
import { mayShare as isShareable } from './rules/share.ts'
import { createCounters } from './stats.ts'
import type { Store } from './store/store.ts'

/** What a member is put together from, once options and platform are known. */
export interface MemberParts {
  options: ReadOptions
  name: string
  store: Store
  machineKey: Bytes
  followRedirects?: FollowRedirects | undefined
  /** Makes the part with the others: members, another tab, or nobody. */
  members(own: OwnSide): Members
  /** Absent without a group. */
  groupFlow?: GroupFlow | undefined
  /** The user's token. */
  token: TokenSource
  /** Calls when things may be better than before; returns what ends that. */
  onWake(wake: () => void): () => void
  /** Lets go of what the platform holds for this mesh. */
  release(): Promise<void>
}

/** Puts one member together, and does nothing else. */
export function composeMember(parts: MemberParts) {
  const { options } = parts
  const { limits, share = 'public' } = options
  const apiUrl = new URL(options.apiUrl ?? 'https://api.github.com')
  const api = createApi(apiUrl)

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
    const { peerId, knownPeers } = members
    const connectedPeers = members.peers().length
    return counters.now({ entries, bytes, evictions: evicted, connectedPeers, knownPeers, peerId })
  }

  // What is held, and what is known of it.
  const purges = createPurges(api, undefined, (repository) => visibility.namesOf(repository))
  const cache = createCache(parts.store, limits, githubNow, purges, {
    warning: (error) => emit('warning', error),
    read: (entry) => aliases.recall(entry)
  })
  const { hide, idle: allHidden } = createHide(cache)
  const purge = createPurge({ cache, purges, emit, tellTabs: (...what) => members.tellTabs?.(...what) })
  const routeOf = createRoutes(options.routes)
  const sharing = {
    api,
    sharesAll: share === 'group',
    isHidden: (repository: string) => visibility.isHidden(repository)
  }
  const mayShare: OwnSide['mayShare'] = (entry) => isShareable(entry, sharing)
  // How old an answer is, by a clock that is in doubt, would mislead members.
  const mayTell: OwnSide['mayShare'] = (entry) => !clock.isDoubtful && mayShare(entry)

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
    mayShare: mayTell,
    check: () => ({ api, routeOf, limits, githubNow: githubNow() }),
    purged: (targets, asOf, from, isForAll) => purge(targets, Math.min(asOf, clock.most()), from, isForAll),
    purges,
    ownStats: stats,
    expired(key) {
      counters.expired()
      void cache.delete(key)
    },
    settle: (key) => asked.announce.settle(key),
    believes: options.trust !== 'verify',
    revokedAt: (viewer, url) => asked.rights.revokedAt({ viewer, repository: api.repositoryOf(url) }),
    limited: (viewer, resource, refusal) => asked.origin.limited(viewer, resource, refusal),
    spent: (viewer, resource, quota) => asked.origin.spent(viewer, resource, quota),
    mayGive: ({ url, accept, body, headers }) =>
      typeof share !== 'function' ||
      !isNarrowedOut(share, { url: new URL(url), accept }, () => new Response(body, { headers })),
    fetch: (input, init) => asked.ownFetch(input, init)
  })
  // From a request to its answer.
  const visibility = createVisibility({
    githubNow,
    recentMs: members.isAlone ? limits.visibilityMs : limits.visibilityRecentMs,
    visibilityMs: limits.visibilityMs,
    aliasMs: limits.aliasMs,
    isOpen: isOpen(apiUrl),
    hidden(names, shownAt) {
      members.hidden(names)
      void hide(names, shownAt)
    }
  })
  const aliases = createAliases({ api, visibility })
  const asked = createFlow({
    options,
    limits,
    api,
    routeOf,
    localNow,
    clock,
    random,
    emit,
    counters,
    cache,
    purges,
    purge,
    visibility,
    hide,
    mayShare: mayTell,
    sharesAll: sharing.sharesAll,
    members,
    groupFlow: parts.groupFlow,
    token: parts.token,
    machineKey: parts.machineKey,
    followRedirects: parts.followRedirects
  })

  const sleep = parts.onWake(members.retryNow)
  return {
    api,
    cache,
    clock,
    events,
    flow: asked.flow,
    mayShare,
    members,
    passOn: asked.passOn,
    purges,
    classifier: asked.classifier,
    stats,
    visibility,
    /** What is stale by the user's word may be what a name led to. */
    purge(...what: Parameters<Purge>): Promise<void> {
      asked.targets.written()
      return purge(...what)
    },
    clear() {
      asked.missing.clear()
      return cache.clear()
    },
    /** Once it can tell members: the token that was given, so that those that hold it too know each other before the first request. */
    async useToken(): Promise<void> {
      if (typeof options.token !== 'string' || !members.sameToken) return
      const authorization = `Bearer ${options.token}`
      await members.sameToken.use({ authorization, viewer: await asked.viewers.of(authorization) })
    },
    async stop(): Promise<void> {
      asked.askAgain.stop()
      sleep()
      await within(asked.afterWrite.stop(), limits.stopMs)
      if (members.canTell) await within(asked.announce.idle(), limits.stopMs)
      try {
        await members.stop()
      } finally {
        asked.inFlight.stop()
        // What is told to nobody now must not be told after the next start.
        await within(allHidden(), limits.stopMs)
        await cache.close()
        await parts.release()
      }
    }
  }
}
