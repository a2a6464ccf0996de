import { type RepositoryAsk, type RepositoryHandler, wrappedReply } from '../ask.ts'
import { rawToken } from '../data/contents.ts'
import { jobJson, runJson, workflowJson } from '../data/workflow.ts'
import { filterRuns } from '../filters/runs.ts'
import type { Run } from '../model.ts'
import { elsewhere, notFound, type Reply, requiresAuthentication } from '../reply.ts'

const withRun =
  (handler: (ask: RepositoryAsk, run: Run) => Reply): RepositoryHandler =>
  (ask) => {
    const run = ask.repository.runs.find((r) => String(r.id) === ask.params.id)
    return run ? handler(ask, run) : notFound()
  }

/** Workflow runs, and the one workflow that they are of. */
export const actionsRoutes: Record<string, RepositoryHandler> = {
  '/actions/workflows': (ask) =>
    wrappedReply(ask, 'workflows', [ask.repository], (home) => workflowJson(home, ask.links)),
  '/actions/workflows/:id{[0-9]+}': (ask) => {
    const json = workflowJson(ask.repository, ask.links)
    return String(json.id) === ask.params.id ? { json } : notFound()
  },
  '/actions/runs': (ask) => {
    const runs = filterRuns(ask.repository, ask.query)
    return wrappedReply(ask, 'workflow_runs', runs, (run) => runJson(run, ask.repository, ask.links))
  },
  '/actions/runs/:id{[0-9]+}': withRun((ask, run) => ({ json: runJson(run, ask.repository, ask.links) })),
  '/actions/runs/:id{[0-9]+}/jobs': withRun((ask, run) =>
    wrappedReply(ask, 'jobs', [run], () => jobJson(run, ask.repository, ask.links))
  ),
  '/actions/runs/:id{[0-9]+}/logs': withRun(({ viewer, repository, links }, run) => {
    if (!viewer) return requiresAuthentication()
    const signature = rawToken(viewer.digest, repository.id, `logs/${run.id}`)
    return elsewhere(`${links.files}/actions-results/${run.id}/logs.zip?sig=${signature}`)
  })
}
