import type { Answer, Feed } from './feed.ts'
import { checksOf, issuesOf, latestReleaseOf, pullRequestsOf, type Query, workflowRunsOf } from './queries.ts'

type Ask = <T>(query: Query<T>) => Promise<Answer<T> | undefined>

async function each(repositories: readonly string[], ask: Ask): Promise<void> {
  await Promise.all(
    repositories.map(async (repository) => {
      const [pullRequests] = await Promise.all([
        ask(pullRequestsOf(repository)),
        ask(issuesOf(repository)),
        ask(latestReleaseOf(repository)),
        ask(workflowRunsOf(repository))
      ])
      await Promise.all((pullRequests?.data ?? []).map(({ head }) => ask(checksOf(repository, head.sha))))
    })
  )
}

/** Asks for all that the panels show; resolves to the paths that this took. */
export async function refresh(feed: Feed, repositories: readonly string[], cache: RequestCache): Promise<Set<string>> {
  const asked = new Set<string>()
  await each(repositories, (query) => {
    asked.add(query.path)
    return feed.ask(query, cache)
  })
  return asked
}

/** Shows what this browser still holds of it. */
export const recall = (feed: Feed, repositories: readonly string[]): Promise<void> =>
  each(repositories, (query) => feed.recall(query))
