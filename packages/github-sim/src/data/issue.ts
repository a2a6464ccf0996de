import type { Account, Comment, Issue, Label, Milestone, Repository } from '../model.ts'
import type { Token } from '../tokens.ts'
import { roleOf } from '../visibility.ts'
import { globalId } from './global-id.ts'
import { type Links, nodeId } from './links.ts'
import { simpleUser } from './user.ts'

/** What an issue's JSON needs of its repository. */
export interface IssueHome {
  id: number
  fullName: string
  owner: Account
  labels: Label[]
  milestones: Milestone[]
  issues: Map<number, Issue>
}

export function labelJson(label: Label, home: IssueHome, { api }: Links) {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${api}/repos/${home.fullName}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: ['bug', 'enhancement', 'question', 'documentation'].includes(label.name),
    description: label.description
  }
}

export function milestoneJson(milestone: Milestone, home: IssueHome, links: Links) {
  const url = `${links.api}/repos/${home.fullName}/milestones/${milestone.number}`
  const mine = [...home.issues.values()].filter((i) => i.milestone === milestone.number)
  return {
    url,
    html_url: `${links.web}/${home.fullName}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId('Milestone', milestone.id),
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    creator: simpleUser(home.owner, links),
    open_issues: mine.filter((i) => i.state === 'open').length,
    closed_issues: mine.filter((i) => i.state === 'closed').length,
    state: milestone.state,
    created_at: milestone.createdAt,
    updated_at: milestone.createdAt,
    due_on: milestone.dueOn,
    closed_at: null
  }
}

const noReactions = { '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 }

/** What a user is to a repository, as `author_association`. */
export const association = (user: Account, home: Pick<IssueHome, 'owner'>) =>
  user.login === home.owner.login ? 'OWNER' : 'CONTRIBUTOR'

export function commentJson(comment: Comment, issue: Issue, home: IssueHome, links: Links) {
  const url = `${links.api}/repos/${home.fullName}/issues/comments/${comment.id}`
  const kind = issue.pull ? 'pull' : 'issues'
  return {
    url,
    html_url: `${links.web}/${home.fullName}/${kind}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${links.api}/repos/${home.fullName}/issues/${issue.number}`,
    id: comment.id,
    node_id: globalId('IssueComment', home.id, comment.id),
    user: simpleUser(comment.user, links),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: association(comment.user, home),
    reactions: { url: `${url}/reactions`, total_count: 0, ...noReactions },
    performed_via_github_app: null
  }
}

/** Who an issue is shown to. */
export interface Reader {
  world: { repositories: ReadonlyMap<number, Repository> }
  links: Links
  viewer: Token | undefined
  apiVersion: string
}

/** Values of an organization's fields, as far as the reader may see them; nothing where the owner is a user. */
function fieldValues({ fieldValues = [] }: Issue, { owner }: IssueHome, { viewer }: Reader) {
  if (owner.type !== 'Organization') return {}
  const isMember = viewer !== undefined && owner.members.has(viewer.login)
  const shown = fieldValues.filter(({ visibility }) => visibility === 'all' || isMember)
  return {
    issue_field_values: shown.map(({ id, name, value }) => ({
      issue_field_id: id,
      issue_field_name: name,
      node_id: nodeId('IssueField', id),
      data_type: typeof value === 'number' ? 'number' : 'text',
      value
    }))
  }
}

/** The issue that another one is a part of. That it shows to those only who can read it is assumed: GitHub does not say. */
function parentUrl({ parent }: Issue, { world, viewer, links }: Reader) {
  const repository = parent && world.repositories.get(parent.repositoryId)
  if (!repository || !roleOf(repository, viewer)) return {}
  return { parent_issue_url: `${links.api}/repos/${repository.fullName}/issues/${parent.number}` }
}

/** The id of an issue or a pull request, whose number is not that of its issue. */
export const discussionId = ({ id, pull }: Issue, { id: home }: Pick<IssueHome, 'id'>): string =>
  pull ? globalId('PullRequest', home, pull.id) : globalId('Issue', home, id)

/** An issue. API version 2026-03-10 and later leave out the single `assignee`. */
export function issueJson(issue: Issue, home: IssueHome, reader: Reader) {
  const { links, apiVersion } = reader
  const url = `${links.api}/repos/${home.fullName}/issues/${issue.number}`
  const html = `${links.web}/${home.fullName}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`
  const assignees = issue.assignees.map((a) => simpleUser(a, links))
  const milestone = home.milestones.find((m) => m.number === issue.milestone)
  return {
    url,
    repository_url: `${links.api}/repos/${home.fullName}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: discussionId(issue, home),
    number: issue.number,
    title: issue.title,
    user: simpleUser(issue.user, links),
    labels: home.labels.filter((l) => issue.labels.includes(l.name)).map((l) => labelJson(l, home, links)),
    state: issue.state,
    locked: issue.locked,
    ...(apiVersion < '2026-03-10' && { assignee: assignees[0] ?? null }),
    assignees,
    milestone: milestone ? milestoneJson(milestone, home, links) : null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: association(issue.user, home),
    type: null,
    active_lock_reason: issue.locked ? 'resolved' : null,
    ...(issue.pull && {
      draft: issue.pull.draft,
      pull_request: {
        url: `${links.api}/repos/${home.fullName}/pulls/${issue.number}`,
        html_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        merged_at: issue.pull.mergedAt
      }
    }),
    body: issue.body,
    closed_by: issue.closedAt ? simpleUser(home.owner, links) : null,
    reactions: { url: `${url}/reactions`, total_count: 0, ...noReactions },
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    ...fieldValues(issue, home, reader),
    ...parentUrl(issue, reader),
    state_reason: issue.stateReason
  }
}
