import { listReply, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { fullPullJson, pullFileJson, pullJson, reviewJson } from '../data/pull.ts'
import { filterPulls } from '../filters/pulls.ts'
import { refusedState } from '../filters/state.ts'
import type { Issue, Pull } from '../model.ts'
import { notFound, type Reply } from '../reply.ts'
import { issueOf } from './issues.ts'

const withPull =
  (handler: (ask: RepositoryAsk, issue: Issue, pull: Pull) => Reply): RepositoryHandler =>
  (ask) => {
    const issue = issueOf(ask)
    return issue?.pull ? handler(ask, issue, issue.pull) : notFound()
  }

/** Reading pull requests. */
export const pullRoutes: Record<string, RepositoryHandler> = {
  '/pulls': (ask) =>
    refusedState(ask.query, 'PullRequest') ??
    listReply(ask, filterPulls(ask.repository, ask.query, ask.now), ({ issue, pull }) =>
      pullJson(issue, pull, ask.repository, ask.links, ask.viewer?.login)
    ),
  '/pulls/:number{[0-9]+}': withPull((ask, issue, pull) => ({
    json: fullPullJson(issue, pull, ask.repository, ask.links, ask.viewer?.login),
    lastModified: issue.updatedAt
  })),
  '/pulls/:number{[0-9]+}/files': withPull((ask, _issue, pull) =>
    listReply(ask, pull.changes, (change) => pullFileJson(change, pull, ask.repository.fullName, ask.links))
  ),
  '/pulls/:number{[0-9]+}/reviews': withPull((ask, issue, pull) =>
    listReply(ask, pull.reviews, (r) => reviewJson(r, issue, pull, ask.repository.fullName, ask.links))
  )
}
