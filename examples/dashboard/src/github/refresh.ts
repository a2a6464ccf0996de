import { type Answer, answerTo, isHidden } from './answer.ts'
import { detailsOf } from './details.ts'
import type { Feed } from './feed.ts'
import { expand, groupOf } from './groups.ts'
import { headCommitOf, pullRequestsOf, type Query, teams, viewer } from './queries.ts'
import {
  branchRunsOf,
  detailsIn,
  detailsMaxAgeMs,
  detailsPoints,
  type Head,
  headsOf,
  isYoung,
  listsOf,
  longestWaiting,
  wantsDetails
} from './round-queries.ts'

/** A link with thousands must not make everyone who opens it ask all members for them; the page says that there are more. */
export const maxRepositories = 300

export interface RoundOptions {
  /** Default `default`; `no-cache` asks GitHub whether anything is new. */
  cache?: RequestCache
  /** Whether so many requests at once may go to GitHub now, the last of them for news of what is known; default: always. */
  maySpend?(requests: number, known: Answer | undefined, isGraphql: boolean): boolean
  /** The heads of pull requests that can be seen now: their checks come first. */
  inView?(): ReadonlySet<string>
  /** Whether nobody waits for this round any more. */
  isOver?(): boolean
  /** Milliseconds since the epoch. */
  now?(): number
  /** Points of GraphQL's limit an hour. */
  graphqlLimit?(): number
}

/** What one round came to. */
export interface Round {
  /** The paths of all that is shown. */
  shown: Set<string>
  asked: number
  /** Of those asked, how many GitHub did not answer. */
  failed: number
  /** Not asked for lack of requests. */
  waiting: number
  /** Checks that were asked for and need not be again. */
  finished: number
}

/** So many at once: the answers to the first say how much is left before most are sent. */
const atOnce = 12
/** Which repositories an organisation or a topic has changes seldom, and asking costs every member the same. */
const groupMaxAgeMs = 15 * 60_000
/** As GitHub's documentation has it for a user. */
export const usualGraphqlLimit = 5000

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Asks for all that the panels show and that may have changed, as far as the rate limit goes. */
export async function refresh(feed: Feed, entries: readonly string[], options: RoundOptions = {}): Promise<Round> {
  const { cache = 'default', maySpend = () => true, inView = () => new Set(), isOver = () => false } = options
  const { now = Date.now, graphqlLimit = () => usualGraphqlLimit } = options
  const asked = new Set<string>()
  const shown = new Set<string>()
  const waiting = new Set<string>()
  let running = 0

  async function ask<Item>(query: Query<Item>, mode: RequestCache = cache): Promise<Answer<Item> | undefined> {
    shown.add(query.path)
    if (isOver()) return undefined
    asked.add(query.path)
    running++
    const answer = await feed.ask(query, () => {
      if (maySpend(running, answerTo(feed.answers(), query), query.graphql !== undefined)) return mode
      waiting.add(query.path)
      return 'only-if-cached'
    })
    running--
    return answer
  }
  /** Only what is older than that, unless the reader asked for it. */
  async function askIfOlder(query: Query<unknown>, maxAgeMs: number): Promise<void> {
    shown.add(query.path)
    if (cache !== 'no-cache' && isYoung(answerTo(feed.answers(), query), maxAgeMs, now())) return
    await ask(query)
  }

  await inTurn(
    entries.flatMap((entry) => groupOf(entry) ?? []),
    (query) => askIfOlder(query, groupMaxAgeMs)
  )
  if (feed.hasToken()) await askIfOlder(viewer, groupMaxAgeMs)
  const { names } = expand(entries, feed.answers(), maxRepositories)
  const repositories = longestWaiting(feed, names)
  const maxAgeMs = detailsMaxAgeMs(detailsPoints(feed, names), graphqlLimit())
  // What was shown stays when the token is refused.
  const isLong = feed.hasToken() || feed.isTokenRefused()
  await inTurn(
    repositories.flatMap((repository) => [
      ...listsOf(repository, isLong),
      ...(wantsDetails(feed, repository) ? [detailsOf(repository)] : [])
    ]),
    (query) => (query.graphql ? askIfOlder(query, maxAgeMs) : ask(query))
  )
  if (feed.isTokenRefused()) await keepWhatTokenTold(names)
  // Where the token has not told it.
  const untold = repositories.filter((repository) => !detailsIn(feed, repository))
  await inTurn(untold, async (repository) => {
    await ask(headCommitOf(repository))
    const runs = branchRunsOf(feed, repository)
    if (runs?.isFinished && cache !== 'no-cache') shown.add(runs.query.path)
    else if (runs) await ask(runs.query)
  })
  const { finished } = await askForHeads(repositories)
  await askForTeams(names)
  return { finished, ...counts() }

  /** Once, and only where a team was asked for a review: many tokens may not read them. */
  async function askForTeams(names: readonly string[]): Promise<void> {
    shown.add(teams.path)
    const known = answerTo(feed.answers(), teams)
    if (!feed.hasToken() || known?.data || isHidden(known)) return
    const lists = names.map((name) => answerTo(feed.answers(), pullRequestsOf(name))?.data ?? [])
    if (lists.flat().some(({ requested_teams }) => requested_teams?.length > 0)) await ask(teams)
  }

  /** Marks it as no longer confirmed; no request is made for it. */
  async function keepWhatTokenTold(names: readonly string[]): Promise<void> {
    shown.add(viewer.path)
    const told = names.map(detailsOf).filter((query) => answerTo(feed.answers(), query)?.data)
    for (const query of told) {
      shown.add(query.path)
      await feed.ask(query, () => 'only-if-cached')
    }
  }

  async function askForHeads(repositories: readonly string[]): Promise<Pick<Round, 'finished'>> {
    const seen = inView()
    const heads = headsOf(feed, repositories, seen)
    for (const { query } of heads) shown.add(query.path)
    const isSeen = ({ pull }: Head) => Number(seen.has(pull.head.sha))
    const open = heads
      .filter((head) => !head.isFinished() || (cache === 'no-cache' && head.mayHaveChanged()))
      .sort((a, b) => isSeen(b) - isSeen(a) || b.pull.updated_at.localeCompare(a.pull.updated_at))
    await inTurn(open, async (head) => {
      // Of checks that have ended, a copy of any age will do.
      const isNew = !answerTo(feed.answers(), head.query)
      const found = isNew ? await ask(head.query, 'force-cache') : undefined
      if (found?.source?.kind !== 'github' && !(isNew && head.isFinished())) await ask(head.query, cache)
    })
    return { finished: open.filter((head) => head.isFinished()).length }
  }

  function counts(): Omit<Round, 'finished'> {
    const isFailing = (path: string) => !waiting.has(path) && feed.answers().get(path)?.failingSince !== undefined
    return { shown, asked: asked.size, failed: [...asked].filter(isFailing).length, waiting: waiting.size }
  }
}

/** Shows what this browser still holds of it. */
export async function recall(feed: Feed, entries: readonly string[]): Promise<void> {
  await inTurn(
    entries.flatMap((entry) => groupOf(entry) ?? []),
    feed.recall
  )
  const { names } = expand(entries, feed.answers(), maxRepositories)
  await inTurn(
    names.flatMap((name) => [...listsOf(name, true), headCommitOf(name)]),
    feed.recall
  )
  await inTurn(
    names.flatMap((name) => branchRunsOf(feed, name)?.query ?? []),
    feed.recall
  )
  await inTurn(headsOf(feed, names, new Set()), ({ query }) => feed.recall(query))
}
