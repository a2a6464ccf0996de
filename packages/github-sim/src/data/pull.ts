import type { Commit, Issue, Pull, Repository, Review } from '../model.ts'
import { changedFile } from './commit.ts'
import { globalId } from './global-id.ts'
import { association, labelJson, milestoneJson } from './issue.ts'
import { type Links, nodeId } from './links.ts'
import { repositoryJson } from './repository.ts'
import { teamJson } from './team.ts'
import { simpleUser } from './user.ts'

/** An element of `GET .../pulls`. `viewer`: a login. */
export function pullJson(issue: Issue, pull: Pull, repository: Repository, links: Links, viewer: string | undefined) {
  const { api, web } = links
  const { fullName } = repository
  const url = `${api}/repos/${fullName}/pulls/${issue.number}`
  const html = `${web}/${fullName}/pull/${issue.number}`
  const issueUrl = `${api}/repos/${fullName}/issues/${issue.number}`
  const statuses = `${api}/repos/${fullName}/statuses/${pull.headSha}`
  // In full, with counts and times, but without permissions, as recorded in hub4j/github-api's GHPullRequestTest. A pull request's
  // ETag therefore changes with its repository.
  const repo = repositoryJson(repository, links, undefined)
  const end = (ref: string, sha: string) => ({
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(repository.owner, links),
    repo
  })
  const milestone = repository.milestones.find((m) => m.number === issue.milestone)
  const link = (href: string) => ({ href })
  return {
    url,
    id: pull.id,
    node_id: globalId('PullRequest', repository.id, pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: simpleUser(issue.user, links),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergedAt ? pull.headSha : null,
    assignee: issue.assignees[0] ? simpleUser(issue.assignees[0], links) : null,
    assignees: issue.assignees.map((a) => simpleUser(a, links)),
    requested_reviewers: (pull.requestedReviewers ?? []).map((reviewer) => simpleUser(reviewer, links)),
    // Teams show to members of their organization only (https://docs.github.com/rest/teams/teams).
    requested_teams: (pull.requestedTeams ?? [])
      .filter(({ organization }) => viewer !== undefined && organization.members.has(viewer))
      .map((team) => teamJson(team, links)),
    labels: repository.labels.filter((l) => issue.labels.includes(l.name)).map((l) => labelJson(l, repository, links)),
    milestone: milestone ? milestoneJson(milestone, repository, links) : null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/repos/${fullName}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    head: end(pull.headRef, pull.headSha),
    base: end(repository.defaultBranch, pull.baseSha),
    _links: {
      self: link(url),
      html: link(html),
      issue: link(issueUrl),
      comments: link(`${issueUrl}/comments`),
      review_comments: link(`${url}/comments`),
      review_comment: link(`${api}/repos/${fullName}/pulls/comments{/number}`),
      commits: link(`${url}/commits`),
      statuses: link(statuses)
    },
    author_association: association(issue.user, repository),
    auto_merge: null,
    active_lock_reason: issue.locked ? 'resolved' : null
  }
}

/** Null while GitHub is finding out, and of one that is closed (https://docs.github.com/rest/pulls/pulls#get-a-pull-request). */
export const mergeableOf = (issue: Issue, { mergeable = true }: Pull): boolean | null =>
  issue.state === 'open' ? mergeable : null

/** `GET .../pulls/{number}`. */
export function fullPullJson(
  issue: Issue,
  pull: Pull,
  repository: Repository,
  links: Links,
  viewer: string | undefined
) {
  const sum = (key: 'additions' | 'deletions') => pull.changes.reduce((n, c) => n + c[key], 0)
  const mergeable = mergeableOf(issue, pull)
  const states = { true: 'clean', false: 'dirty', null: 'unknown' } as const
  return {
    ...pullJson(issue, pull, repository, links, viewer),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: states[`${mergeable}`],
    merged_by: pull.mergedAt ? simpleUser(repository.owner, links) : null,
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: pull.changes.length
  }
}

export function pullFileJson(change: Commit['change'], pull: Pull, fullName: string, links: Links) {
  return changedFile(change, pull.headSha, fullName, links)
}

export function reviewJson(review: Review, issue: Issue, pull: Pull, fullName: string, links: Links) {
  const html = `${links.web}/${fullName}/pull/${issue.number}#pullrequestreview-${review.id}`
  const pullUrl = `${links.api}/repos/${fullName}/pulls/${issue.number}`
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: simpleUser(review.user, links),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: 'CONTRIBUTOR',
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: pull.headSha
  }
}
