// The interfaces that types belong to in GitHub's schema, and the unions, as far as something simulated is of one
// (https://docs.github.com/graphql/reference/interfaces, https://docs.github.com/graphql/reference/unions).
const abstractTypes: Record<string, string> = {
  Blob: 'GitObject Node',
  CheckRun: 'Node RequirableByPullRequest StatusCheckRollupContext UniformResourceLocatable',
  CheckSuite: 'Node',
  Commit: 'GitObject Node Subscribable UniformResourceLocatable',
  Deployment: 'Node',
  DeploymentStatus: 'Node',
  Issue:
    'Assignable Closable Comment Deletable IssueOrPullRequest Labelable Lockable Node ProjectV2Owner Reactable RepositoryNode SearchResultItem Subscribable SubscribableThread UniformResourceLocatable Updatable UpdatableComment',
  IssueComment: 'Comment Deletable Minimizable Node Reactable RepositoryNode Updatable UpdatableComment',
  Label: 'Node',
  Milestone: 'Closable Node UniformResourceLocatable',
  Organization:
    'Actor AnnouncementBannerI Assignee MemberStatusable Node OrganizationOrUser PackageOwner ProfileOwner ProjectOwner ProjectV2Owner ProjectV2Recent RepositoryDiscussionAuthor RepositoryDiscussionCommentAuthor RepositoryOwner SearchResultItem Sponsorable UniformResourceLocatable',
  PullRequest:
    'Assignable Closable Comment IssueOrPullRequest Labelable Lockable Node ProjectV2Owner Reactable RepositoryNode SearchResultItem Subscribable UniformResourceLocatable Updatable UpdatableComment',
  PullRequestCommit: 'Node UniformResourceLocatable',
  PullRequestReview: 'Comment Deletable Minimizable Node Reactable RepositoryNode Updatable UpdatableComment',
  Ref: 'Node',
  Release: 'Node Reactable UniformResourceLocatable',
  Repository:
    'Node PackageOwner ProjectOwner ProjectV2Recent RepositoryInfo SearchResultItem Starrable Subscribable UniformResourceLocatable',
  RepositoryTopic: 'Node UniformResourceLocatable',
  ReviewRequest: 'Node',
  StatusCheckRollup: 'Node',
  Topic: 'Node Starrable',
  User: 'Actor Assignee Node OrganizationOrUser PackageOwner ProfileOwner ProjectOwner ProjectV2Owner ProjectV2Recent RepositoryDiscussionAuthor RepositoryDiscussionCommentAuthor RepositoryOwner RequestedReviewer SearchResultItem Sponsorable UniformResourceLocatable',
  Workflow: 'Node UniformResourceLocatable',
  WorkflowRun: 'Node UniformResourceLocatable'
}

const byType = new Map(Object.entries(abstractTypes).map(([type, names]) => [type, new Set(names.split(' '))]))

/** Whether a fragment with this type condition applies to an object of this type. */
export const isOfType = (type: string, condition: string): boolean =>
  type === condition || byType.get(type)?.has(condition) === true
