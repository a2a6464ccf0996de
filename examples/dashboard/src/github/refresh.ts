import { type Answer, answerTo } from './answer.ts'
import type { PullRequest } from './answers.ts'
import { areFinished, summarise } from './checks.ts'
import type { Feed } from './feed.ts'
import { checksOf, issuesOf, latestReleaseOf, pullRequestsOf, type Query, workflowRunsOf } from './queries.ts'

export interface RoundOptions {
  /** Default `default`; `no-cache` asks GitHub whether anything is new. */
  cache?: RequestCache
  /** Whether so many requests at once may go to GitHub now, the last of them for news of what is known; default: always. */
  maySpend?(requests: number, known: Answer | undefined): boolean
  /** The heads of pull requests that can be seen now: their checks come first. */
  inView?(): ReadonlySet<string>
  /** Whether nobody waits for this round any more. */
  isOver?(): boolean
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

/** What is known of a repository's heads, and which of them have checks to ask for. */
interface Head {
  pull: PullRequest
  query: ReturnType<typeof checksOf>
  isFinished(): boolean
  /** Finished, but a manual refresh asks for it again: it failed and may have been started again, or access was denied. */
  mayHaveChanged(): boolean
}

function headsOf(feed: Feed, repositories: readonly string[]): Head[] {
  return repositories.flatMap((repository) => {
    const runs = () => answerTo(feed.answers(), workflowRunsOf(repository))?.data ?? []
    return (answerTo(feed.answers(), pullRequestsOf(repository))?.data ?? []).map((pull) => {
      const query = checksOf(repository, pull.head.sha)
      const answer = () => answerTo(feed.answers(), query)
      return {
        pull,
        query,
        isFinished: () => areFinished(answer(), pull, runs()),
        mayHaveChanged: () => !answer()?.data || summarise(answer()?.data ?? []).state === 'failed'
      }
    })
  })
}

const listsOf = (repository: string): Query<unknown>[] => [
  pullRequestsOf(repository),
  issuesOf(repository),
  workflowRunsOf(repository),
  latestReleaseOf(repository)
]

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** The repository that has waited longest first. */
function longestWaiting(feed: Feed, repositories: readonly string[]): readonly string[] {
  const askedAt = (repository: string) => answerTo(feed.answers(), pullRequestsOf(repository))?.source?.askedAt ?? 0
  return repositories.toSorted((a, b) => askedAt(a) - askedAt(b))
}

/** Asks for all that the panels show and that may have changed, as far as the rate limit goes. */
export async function refresh(
  feed: Feed,
  repositories: readonly string[],
  { cache = 'default', maySpend = () => true, inView = () => new Set(), isOver = () => false }: RoundOptions = {}
): Promise<Round> {
  const asked = new Set<string>()
  const waiting = new Set<string>()
  let running = 0

  async function ask<Item>(query: Query<Item>, mode: RequestCache): Promise<Answer<Item> | undefined> {
    if (isOver()) return undefined
    asked.add(query.path)
    running++
    const answer = await feed.ask(query, () => {
      if (maySpend(running, answerTo(feed.answers(), query))) return mode
      waiting.add(query.path)
      return 'only-if-cached'
    })
    running--
    return answer
  }

  const queries = longestWaiting(feed, repositories).flatMap(listsOf)
  await inTurn(queries, (query) => ask(query, cache))

  const heads = headsOf(feed, repositories)
  const seen = inView()
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

  const isFailing = (path: string) => !waiting.has(path) && feed.answers().get(path)?.failingSince !== undefined
  return {
    shown: new Set([...queries, ...heads.map(({ query }) => query)].map(({ path }) => path)),
    asked: asked.size,
    failed: [...asked].filter(isFailing).length,
    waiting: waiting.size,
    finished: open.filter((head) => head.isFinished()).length
  }
}

/** Shows what this browser still holds of it. */
export async function recall(feed: Feed, repositories: readonly string[]): Promise<void> {
  await inTurn(repositories.flatMap(listsOf), feed.recall)
  await inTurn(headsOf(feed, repositories), ({ query }) => feed.recall(query))
}
