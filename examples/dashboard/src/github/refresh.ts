import { answerTo, isHidden } from './answer.ts'
import { detailsOf } from './details.ts'
import type { Feed } from './feed.ts'
import { expand, groupOf } from './groups.ts'
import { headCommitOf, pullRequestsOf, teams, viewer } from './queries.ts'
import {
  branchRunsOf,
  detailsIn,
  detailsMaxAgeMs,
  detailsPoints,
  type Head,
  headsOf,
  listsOf,
  longestWaiting,
  wantsDetails
} from './round-queries.ts'
import {
  createRoundRequests,
  type Round,
  type RoundOptions,
  type RoundRequests,
  usualGraphqlLimit
} from './round-requests.ts'

/** A link with thousands must not make everyone who opens it ask all members for them; the page says that there are more. */
export const maxRepositories = 300

/** So many at once: the answers to the first say how much is left before most are sent. */
const atOnce = 12
/** Which repositories an organisation or a topic has changes seldom, and asking costs every member the same. */
const groupMaxAgeMs = 15 * 60_000
async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Asks for all that the panels show and that may have changed, as far as the rate limit goes. */
export async function refresh(feed: Feed, entries: readonly string[], options: RoundOptions = {}): Promise<Round> {
  const requests = createRoundRequests(feed, options)
  const { cache, shown, ask, askIfOlder, counts } = requests
  await inTurn(
    entries.flatMap((entry) => groupOf(entry) ?? []),
    (query) => askIfOlder(query, groupMaxAgeMs)
  )
  if (feed.hasToken()) await askIfOlder(viewer, groupMaxAgeMs)
  const { names } = expand(entries, feed.answers(), maxRepositories)
  const repositories = longestWaiting(feed, names)
  const maxAgeMs = detailsMaxAgeMs(detailsPoints(feed, names), options.graphqlLimit?.() ?? usualGraphqlLimit)
  // What was shown stays when the token is refused.
  const isLong = feed.hasToken() || feed.isTokenRefused()
  await inTurn(
    repositories.flatMap((repository) => [
      ...listsOf(repository, isLong),
      ...(wantsDetails(feed, repository) ? [detailsOf(repository)] : [])
    ]),
    (query) => (query.graphql ? askIfOlder(query, maxAgeMs) : ask(query))
  )
  if (feed.isTokenRefused()) await keepWhatTokenTold(feed, names, shown)
  // Where the token has not told it.
  const untold = repositories.filter((repository) => !detailsIn(feed, repository))
  await inTurn(untold, async (repository) => {
    await ask(headCommitOf(repository))
    const runs = branchRunsOf(feed, repository)
    if (runs?.isFinished && cache !== 'no-cache') shown.add(runs.query.path)
    else if (runs) await ask(runs.query)
  })
  const finished = await askForHeads(feed, repositories, options.inView?.() ?? new Set(), requests)
  await askForTeams(feed, names, requests)
  return { finished, ...counts() }
}

/** Marks it as no longer confirmed; no request is made for it. */
async function keepWhatTokenTold(feed: Feed, names: readonly string[], shown: Set<string>): Promise<void> {
  shown.add(viewer.path)
  const told = names.map(detailsOf).filter((query) => answerTo(feed.answers(), query)?.data)
  for (const query of told) {
    shown.add(query.path)
    await feed.ask(query, () => 'only-if-cached')
  }
}

/** How many of the heads that were asked for need not be again. */
async function askForHeads(
  feed: Feed,
  repositories: readonly string[],
  seen: ReadonlySet<string>,
  { cache, shown, ask }: RoundRequests
): Promise<number> {
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
    if (found?.source?.kind !== 'github' && !(isNew && head.isFinished())) await ask(head.query)
  })
  return open.filter((head) => head.isFinished()).length
}

/** Once, and only where a team was asked for a review: many tokens may not read them. */
async function askForTeams(feed: Feed, names: readonly string[], { shown, ask }: RoundRequests): Promise<void> {
  shown.add(teams.path)
  const known = answerTo(feed.answers(), teams)
  if (!feed.hasToken() || known?.data || isHidden(known)) return
  const lists = names.map((name) => answerTo(feed.answers(), pullRequestsOf(name))?.data ?? [])
  if (lists.flat().some(({ requested_teams }) => (requested_teams ?? []).length > 0)) await ask(teams)
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
