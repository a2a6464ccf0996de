import { globalId } from '../data/global-id.ts'
import { association, discussionId } from '../data/issue.ts'
import { type Links, nodeId } from '../data/links.ts'
import type { Comment, Issue, Label, Repository } from '../model.ts'
import type { DetailsContext } from './checks.ts'
import { connection } from './connection.ts'
import type { Args, Node } from './execute.ts'
import { pullDetails } from './pull-details.ts'
import { userNode } from './user.ts'

/** What nodes of one repository need, and who asks. */
export interface NodeContext extends DetailsContext {
  login: string | undefined
}

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
  id: globalId('IssueComment', repository.id, comment.id),
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
    databaseId: issue.pull?.id ?? id,
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
  id: discussionId(issue, repository),
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
  id: discussionId(issue, repository),
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

/** `orderBy: { field: UPDATED_AT, direction: DESC }`, or in the order in which they came. */
export function inOrder(issues: Issue[], { orderBy }: Args): Issue[] {
  const { field, direction } = (orderBy ?? {}) as Args
  if (field !== 'UPDATED_AT') return issues
  const sorted = issues.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.number - a.number)
  return direction === 'ASC' ? sorted.reverse() : sorted
}

/** Whether a list with these arguments has it. */
export function keeps(issue: Issue, { states, filterBy, headRefName }: Args): boolean {
  const { assignee, createdBy } = (filterBy ?? {}) as Args
  const wanted = typeof states === 'string' ? [states] : states
  if (Array.isArray(wanted) && !wanted.includes(stateOf(issue))) return false
  if (typeof createdBy === 'string' && issue.user.login !== createdBy) return false
  if (typeof headRefName === 'string' && issue.pull?.headRef !== headRefName) return false
  return typeof assignee !== 'string' || issue.assignees.some(({ login }) => login === assignee)
}
