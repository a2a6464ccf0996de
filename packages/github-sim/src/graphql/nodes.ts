import { association } from '../data/issue.ts'
import { type Links, nodeId } from '../data/links.ts'
import type { Account, Comment, Deployment, Issue, Label, Repository } from '../model.ts'
import type { Role } from '../tokens.ts'
import { commitNode, type DetailsContext } from './checks.ts'
import { connection } from './connection.ts'
import { type Args, FieldError, type Node } from './execute.ts'
import { fileNode } from './files.ts'
import { pullDetails } from './pull-details.ts'

/** What nodes of one repository need, and who asks. */
export interface NodeContext extends DetailsContext {
  login: string | undefined
}

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

const urlOf = (issue: Issue, { fullName }: Repository, { web }: Links) =>
  `${web}/${fullName}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`

/** https://docs.github.com/graphql/reference/objects#issuecomment */
export const commentNode = (comment: Comment, issue: Issue, repository: Repository, context: NodeContext): Node => ({
  __typename: 'IssueComment',
  id: nodeId('IssueComment', comment.id),
  author: context.userNode(comment.user),
  authorAssociation: association(comment.user, repository),
  body: comment.body,
  createdAt: comment.createdAt,
  includesCreatedEdit: comment.updatedAt !== comment.createdAt,
  isMinimized: false,
  minimizedReason: null,
  reactionGroups: [],
  url: `${urlOf(issue, repository, context.links)}#issuecomment-${comment.id}`,
  viewerDidAuthor: comment.user.login === context.login
})

/** https://docs.github.com/graphql/reference/objects#milestone */
function milestoneNode({ milestones }: Repository, number: number | null): Node | null {
  const { title, description, dueOn } = milestones.find((one) => one.number === number) ?? {}
  return title === undefined ? null : { __typename: 'Milestone', number, title, description, dueOn }
}

/** A list of which nothing here has anything. */
const none = (__typename: string) => (args: Args) => connection(__typename, [], args, () => ({ __typename }))

/** What issues and pull requests have in common. */
function discussion(issue: Issue, repository: Repository, context: NodeContext): Omit<Node, '__typename'> {
  const { links } = context
  const { id, number, title, body, locked, createdAt, updatedAt, closedAt } = issue
  const labels = repository.labels.filter((label) => issue.labels.includes(label.name))
  return {
    databaseId: id,
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
    url: urlOf(issue, repository, links),
    milestone: milestoneNode(repository, issue.milestone),
    reactionGroups: [],
    // Projects (classic): github.com has none any more, and gh 2.23 asks for them.
    projectCards: none('ProjectCard'),
    projectItems: none('ProjectV2Item'),
    assignees: (args: Args) => connection('User', issue.assignees, args, (user) => userNode(user, links)),
    labels: (args: Args) => connection('Label', labels, args, labelNode),
    comments: (args: Args) =>
      connection('IssueComment', issue.comments, args, (comment) => commentNode(comment, issue, repository, context))
  }
}

const issueNode = (issue: Issue, repository: Repository, context: NodeContext): Node => ({
  ...discussion(issue, repository, context),
  __typename: 'Issue',
  id: nodeId('Issue', issue.id),
  stateReason: issue.stateReason?.toUpperCase() ?? null,
  // https://docs.github.com/graphql/reference/objects#issue; no issue here has a type, or belongs to another one.
  issueType: null,
  parent: null,
  subIssues: none('Issue'),
  subIssuesSummary: { __typename: 'SubIssuesSummary', total: 0, completed: 0, percentCompleted: 0 },
  blockedBy: none('Issue'),
  blocking: none('Issue')
})

const pullNode = (issue: Issue, repository: Repository, context: NodeContext): Node => ({
  ...discussion(issue, repository, context),
  ...pullDetails(issue, repository, context),
  __typename: 'PullRequest',
  id: nodeId('PullRequest', issue.id),
  isDraft: issue.pull?.draft,
  mergedAt: issue.pull?.mergedAt,
  headRefName: issue.pull?.headRef,
  headRefOid: issue.pull?.headSha,
  baseRefName: repository.defaultBranch,
  headRepositoryOwner: context.userNode(repository.owner),
  isCrossRepository: false
})

/** An issue or a pull request, whichever it is. */
export const issueOrPullNode = (issue: Issue, repository: Repository, context: NodeContext): Node =>
  (issue.pull ? pullNode : issueNode)(issue, repository, context)

/** https://docs.github.com/graphql/reference/objects#ref; newest first is the order of tags here. */
function refs(repository: Repository, context: NodeContext, args: Args): Node {
  const { branches, tags } = repository
  const found = args.refPrefix === 'refs/tags/' ? tags : args.refPrefix === 'refs/heads/' ? branches : []
  return connection<{ name: string; sha: string }>('Ref', found, args, ({ name, sha }) => ({
    __typename: 'Ref',
    name,
    target: () => commitNode(repository, sha, context)
  }))
}

/** https://docs.github.com/graphql/reference/objects#release */
function releases(repository: Repository, { links }: NodeContext, args: Args): Node {
  return connection('Release', repository.releases, args, (release) => ({
    __typename: 'Release',
    id: nodeId('Release', release.id),
    databaseId: release.id,
    name: release.name,
    tagName: release.tag,
    description: release.body,
    isDraft: release.draft,
    isPrerelease: release.prerelease,
    createdAt: release.createdAt,
    publishedAt: release.publishedAt,
    url: `${links.web}/${repository.fullName}/releases/tag/${release.tag}`
  }))
}

export function repositoryNode(repository: Repository, role: Role, context: NodeContext): Node {
  const { id, name, fullName, owner, visibility } = repository
  const { links } = context
  const list = (kind: 'Issue' | 'PullRequest') => (args: Args) => {
    const found = [...repository.issues.values()].filter((issue) => (issue.pull !== undefined) === (kind !== 'Issue'))
    const kept = inOrder(found.filter((issue) => keeps(issue, args)).reverse(), args)
    return connection(kind, kept, args, (issue) => issueOrPullNode(issue, repository, context))
  }
  const single = (kind: 'Issue' | 'PullRequest' | 'issue or pull request') => (args: Args) => {
    const issue = repository.issues.get(Number(args.number))
    const isPull = kind === 'issue or pull request' ? issue?.pull !== undefined : kind === 'PullRequest'
    if (issue && (issue.pull !== undefined) === isPull) return issueOrPullNode(issue, repository, context)
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
    sshUrl: `git@${new URL(links.web).host}:${fullName}.git`,
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
    // https://docs.github.com/graphql/reference/objects#repository
    hasVulnerabilityAlertsEnabled: false,
    autoMergeAllowed: false,
    mergeQueue: null,
    mergeCommitAllowed: true,
    rebaseMergeAllowed: true,
    squashMergeAllowed: true,
    viewerPermission: { pull: 'READ', push: 'WRITE' }[role as string] ?? role.toUpperCase(),
    defaultBranchRef: {
      __typename: 'Ref',
      name: repository.defaultBranch,
      target: () => commitNode(repository, repository.commits[0]?.sha ?? '', context)
    },
    object: (args: Args) => fileNode(repository, args),
    repositoryTopics: (args: Args) =>
      connection('RepositoryTopic', repository.topics, args, (name) => ({
        __typename: 'RepositoryTopic',
        topic: { __typename: 'Topic', name }
      })),
    releases: (args: Args) => releases(repository, context, args),
    refs: (args: Args) => refs(repository, context, args),
    deployments: (args: Args) => deploymentsOf(repository, args),
    issues: list('Issue'),
    pullRequests: list('PullRequest'),
    issue: single('Issue'),
    pullRequest: single('PullRequest'),
    issueOrPullRequest: single('issue or pull request')
  }
}

/** https://docs.github.com/graphql/reference/objects#deployment */
const deploymentNode = ({ id, sha, environment, createdAt, status }: Deployment): Node => ({
  __typename: 'Deployment',
  id: nodeId('Deployment', id),
  databaseId: id,
  commitOid: sha,
  environment,
  createdAt,
  latestStatus: status
    ? { __typename: 'DeploymentStatus', state: status.state.toUpperCase(), createdAt: status.createdAt }
    : null
})

/** Oldest first unless `orderBy` says otherwise (https://docs.github.com/graphql/reference/objects#repository). */
function deploymentsOf({ deployments }: Repository, args: Args): Node {
  const { direction = 'ASC' } = (args.orderBy ?? {}) as Args
  const { environments } = args
  const kept = deployments.filter(
    ({ environment }) => !Array.isArray(environments) || environments.includes(environment)
  )
  return connection('Deployment', direction === 'ASC' ? kept.toReversed() : kept, args, deploymentNode)
}

/** `orderBy: { field: UPDATED_AT, direction: DESC }`, or in the order in which they came. */
function inOrder(issues: Issue[], { orderBy }: Args): Issue[] {
  const { field, direction } = (orderBy ?? {}) as Args
  if (field !== 'UPDATED_AT') return issues
  const sorted = issues.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.number - a.number)
  return direction === 'ASC' ? sorted.reverse() : sorted
}

function keeps(issue: Issue, { states, filterBy, headRefName }: Args): boolean {
  const { assignee, createdBy } = (filterBy ?? {}) as Args
  const wanted = typeof states === 'string' ? [states] : states
  if (Array.isArray(wanted) && !wanted.includes(stateOf(issue))) return false
  if (typeof createdBy === 'string' && issue.user.login !== createdBy) return false
  if (typeof headRefName === 'string' && issue.pull?.headRef !== headRefName) return false
  return typeof assignee !== 'string' || issue.assignees.some(({ login }) => login === assignee)
}
