import type { Deployment, Repository, Run, Status } from '../model.ts'
import { type Links, nodeId } from './links.ts'
import { simpleRepository } from './repository.ts'
import { newAccount, simpleUser } from './user.ts'
import { headCommitOf, jobName, suiteIdOf } from './workflow.ts'

/** Of GitHub Actions, which all checks here are of. */
export const appId = 15368

export const deploymentTask = 'deploy'

const maker = newAccount(9919, 'github', 'Organization')

const app = (links: Links) => ({
  id: appId,
  client_id: 'Iv1.05c79e9ad1f6bdfa',
  slug: 'github-actions',
  node_id: nodeId('App', appId),
  owner: simpleUser(maker, links),
  name: 'GitHub Actions',
  description: 'Automate your workflow from idea to production',
  external_url: 'https://help.github.com/en/actions',
  html_url: `${links.web}/apps/github-actions`,
  created_at: '2018-07-30T09:30:17Z',
  updated_at: '2025-12-03T18:27:15Z',
  permissions: { actions: 'write', checks: 'write', contents: 'write', metadata: 'read' },
  events: ['check_run', 'check_suite', 'push']
})

/** A check run: how a workflow's job appears on a commit. */
export function checkRunJson(run: Run, repository: Repository, links: Links) {
  const url = `${links.api}/repos/${repository.fullName}/check-runs/${run.id + 1}`
  const html = `${links.web}/${repository.fullName}/actions/runs/${run.id}/job/${run.id + 1}`
  return {
    id: run.id + 1,
    name: jobName,
    node_id: nodeId('CheckRun', run.id + 1),
    head_sha: run.sha,
    external_id: '',
    url,
    html_url: html,
    details_url: html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.createdAt,
    completed_at: run.conclusion ? run.updatedAt : null,
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: suiteIdOf(run) },
    app: app(links),
    pull_requests: []
  }
}

export function checkSuiteJson(run: Run, repository: Repository, links: Links) {
  const id = suiteIdOf(run)
  const url = `${links.api}/repos/${repository.fullName}/check-suites/${id}`
  const at = repository.commits.findIndex((c) => c.sha === run.sha)
  return {
    id,
    node_id: nodeId('CheckSuite', id),
    head_branch: repository.defaultBranch,
    head_sha: run.sha,
    status: run.status,
    conclusion: run.conclusion,
    url,
    before: repository.commits[at + 1]?.sha ?? null,
    after: run.sha,
    pull_requests: [],
    app: app(links),
    repository: simpleRepository(repository, links),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    rerequestable: true,
    runs_rerequestable: false,
    head_commit: headCommitOf(run, repository),
    latest_check_runs_count: 1,
    check_runs_url: `${url}/check-runs`
  }
}

export function statusJson(status: Status, fullName: string, links: Links) {
  return {
    url: `${links.api}/repos/${fullName}/statuses/${status.sha}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${status.creator.id}?v=4`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.state === 'success' ? 'The build passed' : 'The build did not pass',
    target_url: `https://ci.example.com/${fullName}/${status.id}`,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: simpleUser(status.creator, links)
  }
}

/** `GET .../commits/{ref}/status`: all statuses of one commit in one word. */
export function combinedStatusJson(sha: string, statuses: Status[], repository: Repository, links: Links) {
  const url = `${links.api}/repos/${repository.fullName}/commits/${sha}`
  const states = statuses.map((s) => s.state)
  const worst = states.includes('failure') ? 'failure' : 'success'
  return {
    state: states.length === 0 || states.includes('pending') ? 'pending' : worst,
    statuses: statuses.map((s) => {
      const { creator: _, ...rest } = statusJson(s, repository.fullName, links)
      return { ...rest, required: null }
    }),
    sha,
    total_count: statuses.length,
    repository: simpleRepository(repository, links),
    commit_url: url,
    url: `${url}/status`
  }
}

export function deploymentJson(deployment: Deployment, repository: Repository, links: Links) {
  const url = `${links.api}/repos/${repository.fullName}/deployments/${deployment.id}`
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    task: deploymentTask,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: null,
    created_at: deployment.createdAt,
    updated_at: deployment.createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: `${links.api}/repos/${repository.fullName}`,
    creator: simpleUser(deployment.creator, links),
    sha: deployment.sha,
    ref: repository.defaultBranch,
    payload: deployment.payload,
    transient_environment: false,
    production_environment: deployment.environment === 'production',
    performed_via_github_app: null
  }
}
