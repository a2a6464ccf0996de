import { listReply, type RepositoryAsk, type RepositoryHandler, wrappedReply } from '../ask.ts'
import { checkRunJson, checkSuiteJson, combinedStatusJson, deploymentJson, statusJson } from '../data/checks.ts'
import { filterCheckRuns, filterCheckSuites } from '../filters/checks.ts'
import { filterDeployments } from '../filters/deployments.ts'
import type { Commit } from '../model.ts'
import { withCommit } from './git.ts'

const runsOf = ({ repository }: RepositoryAsk, { sha }: Commit) => repository.runs.filter((run) => run.sha === sha)

/** Checks, statuses and deployments. */
export const checkRoutes: Record<string, RepositoryHandler> = {
  '/commits/:ref/check-runs': withCommit((ask, commit) =>
    wrappedReply(ask, 'check_runs', filterCheckRuns(runsOf(ask, commit), ask.query), (run) =>
      checkRunJson(run, ask.repository, ask.links)
    )
  ),
  '/commits/:ref/check-suites': withCommit((ask, commit) =>
    wrappedReply(ask, 'check_suites', filterCheckSuites(runsOf(ask, commit), ask.query), (run) =>
      checkSuiteJson(run, ask.repository, ask.links)
    )
  ),
  '/commits/:ref/status': withCommit(({ repository: r, links }, commit) => ({
    json: combinedStatusJson(
      commit.sha,
      r.statuses.filter((s) => s.sha === commit.sha),
      r,
      links
    )
  })),
  '/commits/:ref/statuses': withCommit((ask, commit) =>
    listReply(
      ask,
      ask.repository.statuses.filter((s) => s.sha === commit.sha),
      (s) => statusJson(s, ask.repository.fullName, ask.links)
    )
  ),
  '/statuses/:sha': (ask) =>
    listReply(
      ask,
      ask.repository.statuses.filter((s) => s.sha === ask.params.sha),
      (s) => statusJson(s, ask.repository.fullName, ask.links)
    ),
  '/deployments': (ask) =>
    listReply(ask, filterDeployments(ask.repository, ask.query), (d) => deploymentJson(d, ask.repository, ask.links))
}
