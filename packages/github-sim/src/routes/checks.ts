import { listReply, type RepositoryHandler, wrappedReply } from '../ask.ts'
import { checkRunJson, checkSuiteJson, combinedStatusJson, deploymentJson, statusJson } from '../data/checks.ts'
import { withCommit } from './git.ts'

/** Checks, statuses and deployments. */
export const checkRoutes: Record<string, RepositoryHandler> = {
  '/commits/:ref/check-runs': withCommit((ask, commit) =>
    wrappedReply(
      ask,
      'check_runs',
      ask.repository.runs.filter((r) => r.sha === commit.sha),
      (run) => checkRunJson(run, ask.repository, ask.links)
    )
  ),
  '/commits/:ref/check-suites': withCommit((ask, commit) =>
    wrappedReply(
      ask,
      'check_suites',
      ask.repository.runs.filter((r) => r.sha === commit.sha),
      (run) => checkSuiteJson(run, ask.repository, ask.links)
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
    listReply(ask, ask.repository.deployments, (d) => deploymentJson(d, ask.repository, ask.links))
}
