import type { Bytes } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import type { Purges } from '../cache/purges.ts'
import type { Emit } from '../events.ts'
import type { createAudit } from '../exchange/audit.ts'
import type { Api } from '../github/api.ts'
import type { Clock } from '../github/clock.ts'
import { createEtagScheme } from '../github/etag.ts'
import { createOrigin } from '../github/origin.ts'
import type { FollowRedirects } from '../github/redirects.ts'
import { createTargets } from '../github/request.ts'
import type { Route } from '../github/routes.ts'
import { createViewerHeaders } from '../github/viewer-headers.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import type { Members } from '../members.ts'
import type { MeshOptions } from '../options.ts'
import { isForAll } from '../rules/share.ts'
import type { Counters } from '../stats.ts'
import type { AnnounceOptions, createAnnounce } from './announce.ts'
import { announceToNobody } from './announce-to-nobody.ts'
import { createAskAgain } from './ask-again.ts'
import { createAskGitHub } from './ask-github.ts'
import type { createAskMembers } from './ask-members.ts'
import { createAskerOf } from './asker.ts'
import { createClassifier, type TokenSource } from './classify.ts'
import type { Hide } from './hide.ts'
import { createInFlightRequests } from './in-flight.ts'
import { lateAdmission } from './late-admission.ts'
import { lateAfterWrite } from './late-after-write.ts'
import { createNegativeCache } from './negative-cache.ts'
import type { Outcome } from './outcome.ts'
import { createOwnFetch } from './own-fetch.ts'
import { createPassOn } from './pass-on.ts'
import { type Flow, resolve } from './resolve.ts'
import { createResponder } from './response.ts'
import { createRights } from './rights.ts'
import { createValidators } from './validators.ts'
import { createViewerClasses } from './viewer-classes.ts'
import { createViewers } from './viewers.ts'

/** What a member of a group does beside asking GitHub and serving its answers. */
export interface GroupFlow {
  createAskMembers: typeof createAskMembers
  createAnnounce: typeof createAnnounce
  createAudit: typeof createAudit
}

export interface FlowParts {
  options: Pick<
    MeshOptions,
    'fetch' | 'graphqlTtlMs' | 'reservePercent' | 'share' | 'staleIfErrorMs' | 'trust' | 'ttlMs'
  >
  limits: Limits
  api: Api
  routeOf(path: string): Route
  localNow: () => number
  clock: Clock
  random: () => number
  emit: Emit
  counters: Counters
  cache: Cache
  purges: Purges
  purge: Purge
  visibility: Visibility
  hide: Hide
  mayShare: AnnounceOptions['mayShare']
  /** The group shares private repositories too. */
  sharesAll: boolean
  members: Members
  /** Absent without a group. */
  groupFlow?: GroupFlow | undefined
  /** The user's token; only the classifier, which puts it into requests, has it. */
  token: TokenSource
  /** Names viewers; only that part has it. */
  machineKey: Bytes
  followRedirects?: FollowRedirects | undefined
}

const defaultStaleIfErrorMs = 86_400_000
const defaultReservePercent = 10

/** Puts together what becomes of a request, and of GitHub's answer to it. */
export function createFlow(parts: FlowParts) {
  const { options, limits, api, routeOf, localNow, clock, random, emit, counters } = parts
  const { cache, purges, purge, visibility, mayShare, members, groupFlow } = parts
  const { share, trust = 'group', staleIfErrorMs = defaultStaleIfErrorMs } = options
  const githubNow = clock.now

  const targets = createTargets({
    api,
    routeOf,
    isForAll,
    namedPath: visibility.namedPath,
    aliasMs: limits.aliasMs,
    localNow
  })
  const viewers = createViewers(parts.machineKey)
  const classifier = createClassifier({
    api,
    targets,
    viewers,
    token: parts.token,
    graphqlTtlMs: options.graphqlTtlMs ?? 0
  })
  const viewerHeaders = createViewerHeaders(githubNow)
  const origin = createOrigin({
    writeGapMs: limits.writeGapMs,
    slowStartMs: limits.slowStartMs,
    reservePercent: options.reservePercent ?? defaultReservePercent,
    clock,
    viewerHeaders,
    counters,
    localNow: clock.local,
    fetch: options.fetch,
    answeredAfter: members.githubTook,
    tellLimit: (viewer, limit) => members.sameToken?.limited(viewer, limit),
    restartsAfterMs: (viewer) =>
      Math.min(limits.restartMs, limits.restartStepMs * (members.sameToken?.rankOf(viewer) ?? 0)),
    maxBytes: limits.entryBytes,
    followRedirects: parts.followRedirects
  })

  const trusts = (peerId: string | undefined) =>
    trust === 'group' && (peerId === undefined || members.reputation.trusts(peerId))
  const etags = createEtagScheme(githubNow)
  const validators = createValidators({ etags, purges, trusts })
  const missing = createNegativeCache({ githubNow, notFoundMs: limits.notFoundMs, purgedAt: purges.at })
  const answer = (request: Parameters<typeof resolve>[1]) => resolve(flow, request)
  const announce = (groupFlow?.createAnnounce ?? announceToNobody)({
    api,
    cache,
    purges,
    visibility,
    hide: parts.hide,
    classifier,
    limits,
    githubNow,
    mayShare,
    members,
    ask: answer,
    canSpare: origin.canSpare
  })
  const rights = createRights({
    cache,
    visibility,
    doubt: announce.doubt,
    ended: (viewer, at) => members.sameToken?.ended(viewer, at)
  })
  const admission = lateAdmission({
    api,
    cache,
    etags,
    validators,
    visibility,
    targets,
    missing,
    limits,
    emit,
    githubNow,
    narrow: typeof share === 'function' ? share : undefined,
    announce: announce.share
  })
  const askerOf = createAskerOf({
    githubNow,
    ttlMs: options.ttlMs,
    purges,
    rights,
    visibility,
    // Of no use where nobody knows how old it is.
    trusts: (peerId) => !clock.isDoubtful && trusts(peerId),
    limits
  })
  const classes = createViewerClasses()
  const askGitHub = createAskGitHub({
    origin,
    emit,
    staleIfErrorMs,
    askerOf,
    purges,
    conditionFor: validators.conditionFor,
    admission,
    rights,
    missing,
    classes
  })
  const askAgain = createAskAgain({ classifier, resolve: answer, canSpare: origin.canSpare })
  const audit = groupFlow?.createAudit({
    oneIn: limits.auditOneIn,
    githubNow,
    random,
    cache,
    reputation: members.reputation,
    recheck: (request) => askAgain.again(request, request.url.href, request, true)
  })
  const inFlight = createInFlightRequests<Outcome>({
    localNow,
    abandonedMs: limits.abandonedMs,
    backgroundMs: limits.backgroundMs,
    maxWaitMs: limits.membersBudgetMs
  })
  const respond = createResponder({ githubNow, etagFor: validators.etagFor, viewerHeaders })
  const askMembers = groupFlow?.createAskMembers({
    cache,
    members,
    classes,
    localNow: clock.local,
    maxWaitMs: limits.membersBudgetMs,
    leaseMs: limits.leaseMs,
    askerOf,
    isLimited: (request) => origin.limitedUntil(request) > githubNow()
  })
  const flow: Flow = {
    cache,
    inFlight,
    members,
    missing,
    rights,
    purges,
    askMembers: askMembers ?? (async (_request, held) => ({ held })),
    askGitHub,
    askerOf,
    respond,
    counters,
    emit,
    audit: audit ?? (() => {}),
    maxWaitMs: limits.membersBudgetMs
  }
  const afterWrite = lateAfterWrite({
    api,
    limits,
    mostGithubNow: clock.most,
    visibility,
    cache,
    purges,
    targets,
    missing,
    purge,
    members,
    sharesAll: parts.sharesAll,
    isPublic: announce.isPublic,
    askAgain
  })
  const passOn = createPassOn({ api, origin, respond, afterWrite })
  const ownFetch = createOwnFetch({ api, viewers, origin, respond })
  return {
    flow,
    classifier,
    origin,
    ownFetch,
    passOn,
    afterWrite,
    announce,
    askAgain,
    inFlight,
    missing,
    rights,
    targets,
    viewers
  }
}
