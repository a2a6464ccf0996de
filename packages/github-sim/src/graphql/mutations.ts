import type { Ask } from '../ask.ts'
import { isGlobalId } from '../data/global-id.ts'
import { newComment, newIssue, nextNumber } from '../data/new-issue.ts'
import { controlPulls } from '../pull-control.ts'
import { iso } from '../time.ts'
import { includes } from '../visibility.ts'
import { commentNode, issueOrPullNode } from './discussion.ts'
import { type Args, FieldError, type Node } from './execute.ts'
import { contextOf, findDiscussion, unresolved } from './find.ts'

/** What gh writes with (https://docs.github.com/graphql/reference/mutations). */
export function mutationRoot(ask: Ask): Node {
  const { world, viewer, now } = ask
  const user = viewer && world.account(viewer.login)
  const homeOf = ({ repositoryId }: Args) => {
    const home = world.visible(viewer).find(({ repository: { id } }) => isGlobalId(repositoryId, 'Repository', id))
    if (!user || !home) throw unresolved(repositoryId)
    return { ...home, user }
  }
  return {
    __typename: 'Mutation',
    createIssue: ({ input }: Args) => {
      const { title, body } = input as Args
      const { repository, user } = homeOf(input as Args)
      const issue = newIssue(world.nextId(), nextNumber(repository), user, String(title), now)
      if (typeof body === 'string') issue.body = body
      repository.issues.set(issue.number, issue)
      return { __typename: 'CreateIssuePayload', issue: issueOrPullNode(issue, repository, contextOf(ask, repository)) }
    },
    createPullRequest: ({ input }: Args) => {
      const { title, body, headRefName, draft } = input as Args
      const { repository, role, user } = homeOf(input as Args)
      if (!includes(role, 'push'))
        throw new FieldError(
          'FORBIDDEN',
          `${user.login} does not have the correct permissions to create a pull request`
        )
      const number = controlPulls(repository, world, () => now).addPull({
        user: user.login,
        title: String(title),
        body: typeof body === 'string' ? body : null,
        headRef: String(headRefName),
        draft: draft === true
      })
      const issue = repository.issues.get(number)
      const pullRequest = issue && issueOrPullNode(issue, repository, contextOf(ask, repository))
      return { __typename: 'CreatePullRequestPayload', pullRequest }
    },
    addComment: ({ input }: Args) => {
      const { subjectId, body } = input as Args
      const found = findDiscussion(ask, subjectId)
      if (!user || !found) throw unresolved(subjectId)
      const { issue, repository } = found
      const comment = newComment(world.nextId(), user, String(body), now)
      issue.comments.push(comment)
      issue.updatedAt = iso(now)
      const node = commentNode(comment, issue, repository, contextOf(ask, repository))
      return { __typename: 'AddCommentPayload', commentEdge: { __typename: 'IssueCommentEdge', node } }
    }
  }
}
