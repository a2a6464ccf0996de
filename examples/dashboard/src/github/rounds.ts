import type { Mesh } from 'ghmesh'
import type { Feed } from './feed.ts'
import { createLocalReset } from './local-reset.ts'
import { type Next, nextRound, spendable } from './pace.ts'
import type { Quota } from './quota.ts'
import { refresh } from './refresh.ts'
import { type Round, usualGraphqlLimit } from './round-requests.ts'

/** How the last round went, and when the next one is. Times in milliseconds since the epoch. */
export interface RoundReport extends Omit<Round, 'shown' | 'finished'> {
  at: number
  /** When everything was last answered. */
  succeededAt?: number | undefined
  next: Next
  /** What GitHub had said of the limit by then. */
  quota?: Quota | undefined
  /** What ended it early: something went wrong in this page. */
  error?: string
}

export interface Rounds {
  /** One round; it never rejects. Undefined when a newer one took its place. `isAsked`: the reader asked for it, which the reserve is kept for. */
  run(repositories: readonly string[], isAsked: boolean): Promise<RoundReport | undefined>
  /** What GitHub said of the limit was for another token. */
  forgetQuota(): void
}

export interface RoundsOptions {
  mesh: Pick<Mesh, 'stats' | 'peers'>
  feed: Feed
  inView(): ReadonlySet<string>
  now?: () => number
}

/** Rounds of requests that together stay within what GitHub allows. */
export function createRounds({ mesh, feed, inView, now = Date.now }: RoundsOptions): Rounds {
  let current = 0
  let succeededAt: number | undefined
  let forgotten = ''

  const localReset = createLocalReset(now)
  let known: { resetAt: number; remaining: number; spent: number } | undefined

  /** What is left: of answers that overtake each other, the last one may say more than there is. */
  function quota(): Quota | undefined {
    const { quota, quotaSpent: spent } = mesh.stats()
    const said = quota.core
    if (!said || JSON.stringify(said) === forgotten) return undefined
    const expected = known?.resetAt === said.resetAt ? known.remaining - (spent - known.spent) : said.remaining
    const remaining = Math.max(0, Math.min(said.remaining, expected))
    known = { resetAt: said.resetAt, remaining, spent }
    localReset.see(said)
    return localReset.toLocal({ ...said, remaining })
  }

  function graphqlQuota(): Quota | undefined {
    const said = mesh.stats().quota.graphql
    return said && localReset.toLocal(said)
  }

  /** Undefined where a newer one has taken its place. */
  async function complete(repositories: readonly string[], isAsked: boolean): Promise<RoundReport | undefined> {
    const number = current
    const { quotaSpent: before, quota: saidBefore } = mesh.stats()
    localReset.startFrom(saidBefore.core)
    if (isAsked) feed.trustToken()
    const { shown, finished, ...counts } = await refresh(feed, repositories, {
      cache: isAsked ? 'no-cache' : 'default',
      // What a member had last time costs GitHub nothing, as long as that member has a newer one.
      maySpend: (requests, last, isGraphql) =>
        isAsked ||
        spendable(isGraphql ? graphqlQuota() : quota(), now()) >= requests ||
        (last?.source?.kind === 'member' && mesh.peers().length > 0),
      inView,
      now,
      graphqlLimit: () => mesh.stats().quota.graphql?.limit ?? usualGraphqlLimit,
      isOver: () => number !== current
    })
    // What an older round did not ask for, a newer one may have.
    if (number !== current) return undefined
    feed.keepOnly(shown)
    const at = now()
    if (counts.failed === 0 && counts.waiting === 0) succeededAt = at
    const cost = mesh.stats().quotaSpent - before - finished
    return {
      ...counts,
      at,
      succeededAt,
      next: nextRound(quota(), Math.max(cost, counts.waiting), at),
      quota: quota()
    }
  }

  return {
    forgetQuota() {
      known = undefined
      forgotten = JSON.stringify(mesh.stats().quota.core) ?? ''
    },
    async run(repositories, isAsked) {
      const number = ++current
      try {
        return await complete(repositories, isAsked)
      } catch (error) {
        if (number !== current) return undefined
        const at = now()
        const none = { asked: 0, failed: 0, waiting: 0 }
        return { ...none, at, succeededAt, next: nextRound(undefined, 0, at), error: String(error) }
      }
    }
  }
}
