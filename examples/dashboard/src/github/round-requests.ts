import { type Answer, answerTo } from './answer.ts'
import type { Feed } from './feed.ts'
import type { Query } from './queries.ts'
import { isYoung } from './round-queries.ts'

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

/** As GitHub's documentation has it for a user. */
export const usualGraphqlLimit = 5000

/** The requests of one round. */
export interface RoundRequests {
  cache: RequestCache
  /** The paths of all that is shown. */
  shown: Set<string>
  /** Undefined where nobody waits for this round any more. */
  ask<Item>(query: Query<Item>, mode?: RequestCache): Promise<Answer<Item> | undefined>
  /** Only what is older than that, unless the reader asked for it. */
  askIfOlder(query: Query<unknown>, maxAgeMs: number): Promise<void>
  counts(): Omit<Round, 'finished'>
}

export function createRoundRequests(feed: Feed, options: RoundOptions): RoundRequests {
  const { cache = 'default', maySpend = () => true, isOver = () => false, now = Date.now } = options
  const asked = new Set<string>()
  const shown = new Set<string>()
  const waiting = new Set<string>()
  let running = 0

  async function ask<Item>(query: Query<Item>, mode = cache): Promise<Answer<Item> | undefined> {
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

  return {
    cache,
    shown,
    ask,
    async askIfOlder(query, maxAgeMs) {
      shown.add(query.path)
      if (cache !== 'no-cache' && isYoung(answerTo(feed.answers(), query), maxAgeMs, now())) return
      await ask(query)
    },
    counts() {
      const isFailing = (path: string) => !waiting.has(path) && feed.answers().get(path)?.failingSince !== undefined
      return { shown, asked: asked.size, failed: [...asked].filter(isFailing).length, waiting: waiting.size }
    }
  }
}
