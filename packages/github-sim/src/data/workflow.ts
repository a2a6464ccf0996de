import type { Repository, Run } from '../model.ts'
import { iso } from '../time.ts'
import { type Links, nodeId } from './links.ts'
import { simpleRepository } from './repository.ts'
import { simpleUser } from './user.ts'

const stepTime = (from: string, seconds: number) => iso(Date.parse(from) + seconds * 1000)

export const suiteIdOf = (run: Run) => run.id + 7

/** Of the one job that each run has. */
export const jobName = 'build'

const workflowId = (repository: Repository) => repository.id + 11

/** `GET .../actions/workflows/{id}`. */
export function workflowJson(repository: Repository, links: Links) {
  const id = workflowId(repository)
  const path = '.github/workflows/ci.yml'
  return {
    id,
    node_id: nodeId('Workflow', id),
    name: 'CI',
    path,
    state: 'active',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${links.api}/repos/${repository.fullName}/actions/workflows/${id}`,
    html_url: `${links.web}/${repository.fullName}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${links.web}/${repository.fullName}/workflows/CI/badge.svg`
  }
}

/** The commit of a run, as runs and check suites show it (https://docs.github.com/rest/checks/suites). */
export function headCommitOf(run: Run, { commits }: Repository) {
  const author = { name: run.actor.name, email: `${run.actor.login}@users.noreply.github.com` }
  return {
    id: run.sha,
    tree_id: commits.find((commit) => commit.sha === run.sha)?.tree ?? run.sha,
    message: run.title,
    timestamp: run.createdAt,
    author,
    committer: author
  }
}

/** `GET .../actions/runs/{id}`. */
export function runJson(run: Run, repository: Repository, links: Links) {
  const repo = `${links.api}/repos/${repository.fullName}`
  const url = `${repo}/actions/runs/${run.id}`
  const suite = suiteIdOf(run)
  const actor = simpleUser(run.actor, links)
  return {
    id: run.id,
    name: 'CI',
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: repository.defaultBranch,
    head_sha: run.sha,
    path: '.github/workflows/ci.yml',
    display_title: run.title,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId(repository),
    check_suite_id: suite,
    check_suite_node_id: nodeId('CheckSuite', suite),
    url,
    html_url: `${links.web}/${repository.fullName}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor,
    run_attempt: 1,
    referenced_workflows: [],
    run_started_at: run.createdAt,
    triggering_actor: actor,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repo}/check-suites/${suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${repo}/actions/workflows/${workflowId(repository)}`,
    head_commit: headCommitOf(run, repository),
    repository: simpleRepository(repository, links),
    head_repository: simpleRepository(repository, links)
  }
}

/** An element of `GET .../actions/runs/{id}/jobs`. */
export function jobJson(run: Run, repository: Repository, links: Links) {
  const repo = `${links.api}/repos/${repository.fullName}`
  const id = run.id + 1
  const { status, conclusion } = run
  const ended = status === 'completed'
  return {
    id,
    run_id: run.id,
    workflow_name: 'CI',
    head_branch: repository.defaultBranch,
    run_url: `${repo}/actions/runs/${run.id}`,
    run_attempt: 1,
    node_id: nodeId('CheckRun', id),
    head_sha: run.sha,
    url: `${repo}/actions/jobs/${id}`,
    html_url: `${links.web}/${repository.fullName}/actions/runs/${run.id}/job/${id}`,
    status,
    conclusion,
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: ended ? run.updatedAt : null,
    name: jobName,
    steps: ['Set up job', 'Run actions/checkout', 'Run npm test'].map((name, i) => ({
      name,
      status,
      conclusion,
      number: i + 1,
      started_at: stepTime(run.createdAt, i * 5),
      completed_at: ended ? stepTime(run.createdAt, i * 5 + 5) : null
    })),
    check_run_url: `${repo}/check-runs/${id}`,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'GitHub Actions 1',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions'
  }
}
