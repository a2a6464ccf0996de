import { LRU } from 'tiny-lru'
import { createQuotas } from './quotas.ts'
import { type Quota, resourceOf } from './rate-limit.ts'
import { createSlowStart, type SlowStart } from './slow-start.ts'
import { createWriteGap } from './write-gap.ts'

/** Whose call it is, and by its path on which of GitHub's limits it counts. */
export interface Caller {
  viewer: string
  path: string
}

/** Why something was not sent, or not at once: what `stats().heldBack` counts. */
type HeldBack = 'limited' | 'slow-start' | 'write' | 'reserve'

export interface GovernorOptions {
  githubNow: () => number
  localNow: () => number
  /** Writes of one token begin this far apart, ms. */
  writeGapMs: number
  /** A call that GitHub does not answer holds up those behind it for this long after a limit, ms. */
  slowStartMs: number
  /** Background work stops where less than this percentage of a limit is left. */
  reservePercent: number
  heldBack(why: HeldBack): void
}

/** Keeps everything that a member sends with a token within what GitHub allows that token. */
export interface Governor<Refusal> {
  /** Until when calls like this are refused, ms on GitHub's clock; 0 when they are not. */
  limitedUntil(caller: Caller): number
  /** Does work when its turn has come; GitHub's last refusal instead while that holds. */
  inTurn<T>(caller: Caller, work: () => Promise<T>, signal?: AbortSignal | null): Promise<T | Refusal>
  /** Resolves when the next write of a token may be sent. */
  writeTurn(caller: Caller, signal?: AbortSignal | null): Promise<void>
  /** GitHub refused a call: for this long, ms, on one resource or, without, on all. */
  refused(caller: Caller, resource: string | undefined, ms: number, refusal: Refusal): void
  /** What GitHub said of a limit. Returns whether those that hold the token too should know. */
  learn(viewer: string, resource: string, quota: Quota): boolean
  /** What a member that holds a viewer's token said of a limit. Returns whether it counts. */
  hear(viewer: string, resource: string, quota: Quota): boolean
  /** Whether there is enough left for what nobody waits for. Counts a no. */
  canSpare(caller: Caller): boolean
}

const maxRemembered = 1000

export function createGovernor<Refusal extends object>(options: GovernorOptions): Governor<Refusal> {
  const { githubNow, localNow, reservePercent, heldBack } = options
  const limits = new LRU<{ until: number; refusal: Refusal }>(maxRemembered)
  const starts = new LRU<SlowStart>(maxRemembered)
  const quotas = createQuotas(githubNow)
  const writeTurn = createWriteGap(options.writeGapMs, localNow, () => heldBack('write'))

  const scopeOf = (viewer: string, resource: string) => `${viewer} ${resource}`
  /** A secondary limit is for all that a user does, the primary one for one resource. */
  const scopesOf = ({ viewer, path }: Caller) => [viewer, scopeOf(viewer, resourceOf(path))]
  const limitIn = (scope: string) => {
    const limit = limits.get(scope)
    return limit && limit.until > githubNow() ? limit : undefined
  }
  const limitOf = (caller: Caller) => scopesOf(caller).flatMap((scope) => limitIn(scope) ?? [])[0]

  function startSlowly(scope: string): void {
    const known = starts.get(scope)
    if (known && !known.isOver) known.restart()
    else
      starts.set(
        scope,
        createSlowStart({
          maxStepMs: options.slowStartMs,
          waits: () => heldBack('slow-start'),
          mayWiden: () => limitIn(scope) === undefined
        })
      )
  }

  function take(how: 'learn' | 'hear', viewer: string, resource: string, quota: Quota): boolean {
    const scope = scopeOf(viewer, resource)
    const isUsedUp = () => quotas.of(scope)?.remaining === 0
    const wasUsedUp = isUsedUp()
    const counts = quotas[how](scope, quota)
    // The next one is most likely refused: one at once finds out. Once before each reset is enough.
    if (!wasUsedUp && isUsedUp()) startSlowly(scope)
    return counts
  }

  return {
    limitedUntil: (caller) => limitOf(caller)?.until ?? 0,
    async inTurn<T>(caller: Caller, work: () => Promise<T>, signal?: AbortSignal | null): Promise<T | Refusal> {
      const send = async () => {
        // Looked at last, for those before it may just have been refused.
        const limit = limitOf(caller)
        if (!limit) return work()
        heldBack('limited')
        return limit.refusal
      }
      if (limitOf(caller)) return send()
      return scopesOf(caller).reduceRight<() => Promise<T | Refusal>>((next, scope) => {
        const start = starts.get(scope)
        return start && !start.isOver ? () => start.inTurn(next, signal) : next
      }, send)()
    },
    writeTurn: ({ viewer }, signal) => writeTurn(viewer, signal),
    refused({ viewer }, resource, ms, refusal) {
      const scope = resource === undefined ? viewer : scopeOf(viewer, resource)
      limits.set(scope, { until: githubNow() + ms, refusal })
      startSlowly(scope)
    },
    learn: (...said) => take('learn', ...said),
    hear: (...said) => take('hear', ...said),
    canSpare(caller) {
      const quota = quotas.of(scopeOf(caller.viewer, resourceOf(caller.path)))
      const isLow = quota !== undefined && quota.remaining <= (quota.limit * reservePercent) / 100 && reservePercent > 0
      if (!isLow && !limitOf(caller)) return true
      heldBack('reserve')
      return false
    }
  }
}
