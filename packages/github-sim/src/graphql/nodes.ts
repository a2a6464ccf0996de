import { type Links, nodeId } from '../data/links.ts'
import type { Account, Issue, Label, Repository } from '../model.ts'
import type { Role } from '../tokens.ts'
import { connection } from './connection.ts'
import { type Args, FieldError, type Node } from './execute.ts'

export const userNode = ({ id, login, name, type, email, bio }: Account, { web }: Links): Node => ({
  __typename: type,
  id: nodeId(type, id),
  databaseId: id,
  login,
  name,
  email,
  bio,
  url: `${web}/${login}`
})

const labelNode = ({ id, name, color, description }: Label): Node => ({
  __typename: 'Label',
  id: nodeId('Label', id),
  name,
  color,
  description
})

/** `OPEN`, `CLOSED` or, for a pull request, `MERGED`. */
const stateOf = ({ state, pull }: Issue) => (pull?.mergedAt ? 'MERGED' : state.toUpperCase())

/** What issues and pull requests have in common. */
function discussion(issue: Issue, repository: Repository, links: Links): Omit<Node, '__typename'> {
  const { number, title, body, locked, createdAt, updatedAt, closedAt } = issue
  const labels = repository.labels.filter((label) => issue.labels.includes(label.name))
  return {
    number,
    title,
    body: body ?? '',
    locked,
    createdAt,
    updatedAt,
    closedAt,
    state: stateOf(issue),
    closed: issue.state === 'closed',
    author: userNode(issue.user, links),
    assignees: (args: Args) => connection('User', issue.assignees, args, (user) => userNode(user, links)),
    labels: (args: Args) => connection('Label', labels, args, labelNode),
    comments: (args: Args) =>
      connection('IssueComment', issue.comments, args, (comment) => ({
        __typename: 'IssueComment',
        id: nodeId('IssueComment', comment.id),
        author: userNode(comment.user, links),
        body: comment.body,
        createdAt: comment.createdAt
      }))
  }
}

export const issueNode = (issue: Issue, repository: Repository, links: Links): Node => ({
  ...discussion(issue, repository, links),
  __typename: 'Issue',
  id: nodeId('Issue', issue.id),
  url: `${links.web}/${repository.fullName}/issues/${issue.number}`,
  stateReason: issue.stateReason?.toUpperCase() ?? null
})

const pullNode = (issue: Issue, repository: Repository, links: Links): Node => ({
  ...discussion(issue, repository, links),
  __typename: 'PullRequest',
  id: nodeId('PullRequest', issue.id),
  url: `${links.web}/${repository.fullName}/pull/${issue.number}`,
  isDraft: issue.pull?.draft,
  mergedAt: issue.pull?.mergedAt,
  headRefName: issue.pull?.headRef,
  headRefOid: issue.pull?.headSha,
  baseRefName: repository.defaultBranch,
  headRepositoryOwner: userNode(repository.owner, links),
  isCrossRepository: false
})

export function repositoryNode(repository: Repository, role: Role, links: Links): Node {
  const { id, name, fullName, owner, visibility } = repository
  const list = (kind: 'Issue' | 'PullRequest', nodeOf: typeof issueNode) => (args: Args) => {
    const found = [...repository.issues.values()].filter((issue) => (issue.pull !== undefined) === (kind !== 'Issue'))
    const kept = found.filter((issue) => keeps(issue, args)).reverse()
    return connection(kind, kept, args, (issue) => nodeOf(issue, repository, links))
  }
  const single = (kind: 'Issue' | 'PullRequest', nodeOf: typeof issueNode) => (args: Args) => {
    const issue = repository.issues.get(Number(args.number))
    if (issue && (issue.pull !== undefined) === (kind !== 'Issue')) return nodeOf(issue, repository, links)
    throw new FieldError('NOT_FOUND', `Could not resolve to an ${kind} with the number of ${args.number}.`)
  }
  return {
    __typename: 'Repository',
    id: nodeId('Repository', id),
    databaseId: id,
    name,
    nameWithOwner: fullName,
    owner: userNode(owner, links),
    description: repository.description,
    homepageUrl: repository.homepage,
    url: `${links.web}/${fullName}`,
    visibility: visibility.toUpperCase(),
    isPrivate: visibility !== 'public',
    isArchived: repository.archived,
    isFork: false,
    parent: null,
    stargazerCount: repository.stars,
    forkCount: repository.forks,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    hasIssuesEnabled: true,
    hasWikiEnabled: true,
    mergeCommitAllowed: true,
    rebaseMergeAllowed: true,
    squashMergeAllowed: true,
    viewerPermission: { pull: 'READ', push: 'WRITE' }[role as string] ?? role.toUpperCase(),
    defaultBranchRef: { __typename: 'Ref', name: repository.defaultBranch },
    issues: list('Issue', issueNode),
    pullRequests: list('PullRequest', pullNode),
    issue: single('Issue', issueNode),
    pullRequest: single('PullRequest', pullNode)
  }
}

function keeps(issue: Issue, { states, filterBy, headRefName }: Args): boolean {
  const { assignee, createdBy } = (filterBy ?? {}) as Args
  const wanted = typeof states === 'string' ? [states] : states
  if (Array.isArray(wanted) && !wanted.includes(stateOf(issue))) return false
  if (typeof createdBy === 'string' && issue.user.login !== createdBy) return false
  if (typeof headRefName === 'string' && issue.pull?.headRef !== headRefName) return false
  return typeof assignee !== 'string' || issue.assignees.some(({ login }) => login === assignee)
}
