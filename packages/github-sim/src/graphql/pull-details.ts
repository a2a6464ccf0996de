import { globalId } from '../data/global-id.ts'
import { association } from '../data/issue.ts'
import { nodeId } from '../data/links.ts'
import { mergeableOf } from '../data/pull.ts'
import type { Issue, Pull, Repository, Review } from '../model.ts'
import { type Check, checksOf, commitNode, type DetailsContext, stateOf } from './checks.ts'
import { connection } from './connection.ts'
import type { Args, Node } from './execute.ts'

/** The last review of each reviewer that approves or asks for changes, the newest last. */
function opinions({ reviews }: Pull): Review[] {
  const kept = reviews.filter(({ state }) => state !== 'COMMENTED')
  return [...new Map(kept.map((review) => [review.user.login, review])).values()]
}

/** `mergeStateStatus` (https://docs.github.com/graphql/reference/enums#mergestatestatus). */
function mergeStateOf(mergeable: boolean | null, draft: boolean, checks: readonly Check[]): string {
  if (mergeable === null) return 'UNKNOWN'
  if (!mergeable) return 'DIRTY'
  if (draft) return 'DRAFT'
  return stateOf(checks) === 'SUCCESS' ? 'CLEAN' : 'UNSTABLE'
}

/** Review, size, conflicts and checks of a pull request (https://docs.github.com/graphql/reference/objects#pullrequest). */
export function pullDetails(issue: Issue, repository: Repository, context: DetailsContext): Omit<Node, '__typename'> {
  const { pull } = issue
  if (!pull) return {}
  const sum = (key: 'additions' | 'deletions') => pull.changes.reduce((total, change) => total + change[key], 0)
  const { requestedReviewers = [] } = pull
  const mergeable = mergeableOf(issue, pull)
  const { headSha } = pull
  const reviewNode = ({ id, user, state, body, submittedAt }: Review): Node => ({
    __typename: 'PullRequestReview',
    id: nodeId('PullRequestReview', id),
    author: context.userNode(user),
    authorAssociation: association(user, repository),
    state,
    body,
    submittedAt,
    commit: commitNode(repository, headSha, context, issue.createdAt),
    reactionGroups: []
  })
  return {
    maintainerCanModify: false,
    autoMergeRequest: null,
    headRepository: {
      __typename: 'Repository',
      id: globalId('Repository', repository.id),
      name: repository.name,
      nameWithOwner: repository.fullName
    },
    reviews: (args: Args) => connection('PullRequestReview', pull.reviews, args, reviewNode),
    additions: sum('additions'),
    deletions: sum('deletions'),
    changedFiles: pull.changes.length,
    mergeable: mergeable === null ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: () => mergeStateOf(mergeable, pull.draft, checksOf(repository, pull.headSha, context)),
    // Null where the branch asks for no review, whatever reviews there are.
    reviewDecision: null,
    reviewRequests: (args: Args) =>
      connection('ReviewRequest', requestedReviewers, args, (reviewer) => ({
        __typename: 'ReviewRequest',
        id: nodeId('ReviewRequest', reviewer.id),
        requestedReviewer: context.userNode(reviewer)
      })),
    latestOpinionatedReviews: (args: Args) => connection('PullRequestReview', opinions(pull), args, reviewNode),
    commits: (args: Args) =>
      connection('PullRequestCommit', [pull.headSha], args, (sha) => ({
        __typename: 'PullRequestCommit',
        id: nodeId('PullRequestCommit', pull.id),
        commit: commitNode(repository, sha, context, issue.createdAt)
      }))
  }
}
