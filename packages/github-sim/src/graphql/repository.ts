import { globalId } from '../data/global-id.ts'
import { nodeId } from '../data/links.ts'
import type { Deployment, Repository } from '../model.ts'
import type { Role } from '../tokens.ts'
import { releasesFor } from '../visibility.ts'
import { commitNode } from './checks.ts'
import { connection } from './connection.ts'
import { inOrder, issueOrPullNode, keeps, type NodeContext } from './discussion.ts'
import { type Args, FieldError, type Node } from './execute.ts'
import { fileNode } from './files.ts'
import { userNode } from './user.ts'

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
function releases(repository: Repository, role: Role, { links }: NodeContext, args: Args): Node {
  return connection('Release', releasesFor(role, repository.releases), args, (release) => ({
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
    throw new FieldError(
      'NOT_FOUND',
      `Could not resolve to ${kind === 'PullRequest' ? 'a' : 'an'} ${kind} with the number of ${args.number}.`
    )
  }
  return {
    __typename: 'Repository',
    id: globalId('Repository', id),
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
    releases: (args: Args) => releases(repository, role, context, args),
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
