import { graphqlPath } from './api.ts'
import { elsewhere, repositoryOf, repositoryPath } from './routes.ts'

const discussion = new RegExp(
  String.raw`^(${repositoryPath})/(issues|pulls)(/\d+)?(?:/(?:comments|labels|assignees|reactions|lock))?$`
)

// Where an issue or pull request shows in its repository, and below its number.
const lists = ['issues', 'pulls', 'issues/comments', 'issues/events', 'pulls/comments', 'milestones', 'labels']
const details = {
  issues: ['', '/comments', '/events', '/timeline', '/labels', '/issue-field-values'],
  pulls: ['', '/comments', '/commits', '/files', '/reviews']
}

/** A repository itself, and what in it shows in lists of repositories, people, notifications and codespaces. */
const seenElsewhere = new RegExp(
  String.raw`^${repositoryPath}(?:/(?:forks|generate|transfer|subscription|notifications|collaborators(?:/.+)?|(?:pulls/\d+/)?codespaces(?:/.+)?))?$`
)

/** A repository that the path of something else names: stars, those of a team. */
const namedWithin = /(?:^\/user\/(?:starred|subscriptions)|\/teams\/[^/]+\/repos)\/([^/]+\/[^/]+)$/

/** It makes a text or a credential, looks something up or sends a test, and nothing else. */
const changesNothing = new RegExp(
  `^(?:${[
    '/markdown(?:/raw)?',
    '/app/installations/[^/]+/access_tokens',
    '/applications/[^/]+/token(?:/scoped)?',
    '/(?:orgs|users)/[^/]+/attestations/bulk-list',
    `${repositoryPath}/releases/generate-notes`,
    `(?:${repositoryPath}|/(?:orgs|enterprises)/[^/]+)/actions/runners/(?:registration|remove)-token`,
    String.raw`(?:${repositoryPath}|/orgs/[^/]+)/hooks/\d+/(?:pings|tests)`
  ].join('|')})$`
)

/** What is outside of a repository and shows what is in it: what is assigned to somebody, and lists of repositories. */
function around(repository: string): string[] {
  const [, owner] = /^(?!repositories\/)([^/]+)\//.exec(repository) ?? []
  const ofOwner = owner === undefined ? [] : [`/orgs/${owner}/issues`, `/orgs/${owner}/repos`, `/users/${owner}/repos`]
  return ['/issues', '/user/issues', '/user/repos', ...ofOwner]
}

/**
 * What a successful write to a path changed, as `Purges` names it. Issues and pull requests (one thing with two names):
 * the URL, its parents, and the lists in which they show. Anything else in a repository can show anywhere in it (a merge, a
 * file, an edited comment by its own id, a pull request that an issue was before), and what is elsewhere anywhere there. Asking
 * again is free where nothing changed.
 */
export function changedBy(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  if (changesNothing.test(clean)) return []
  const repository = repositoryOf(clean)
  if (repository === undefined) {
    const named = namedWithin.exec(clean)?.[1]?.toLowerCase()
    return [...(named === undefined ? [] : [named]), elsewhere]
  }
  if (seenElsewhere.test(clean)) return [repository, elsewhere]
  const [, root, kind, number] = discussion.exec(clean) ?? []
  if (root === undefined || (kind === 'pulls' && number === undefined)) return [repository, ...around(repository)]
  const own = Object.entries(details).flatMap(([kind, parts]) => parts.map((part) => `${root}/${kind}${number}${part}`))
  return [
    ...new Set([
      clean,
      root,
      ...lists.map((list) => `${root}/${list}`),
      ...(number === undefined ? [] : own),
      ...around(repository)
    ])
  ]
}

/** What a mutation of GraphQL's changed that names these repositories: it can be anything in them. */
export function changedByMutation(repositories: readonly string[], isSeenElsewhere: boolean): string[] {
  const outside = isSeenElsewhere || repositories.length === 0 ? [elsewhere] : repositories.flatMap(around)
  return [...new Set([...repositories, ...outside, graphqlPath])]
}

const makesRepository = /\/(?:(?:user|orgs\/[^/]+)\/repos|forks|generate|transfer|publish)$/
const decidesForMany =
  /^\/(?:(?:orgs|organizations|enterprises|teams)\/|user\/(?:memberships|repository_invitations|installations)\/)/

/**
 * It changes what no path names: a repository is made, which may have a name that was another one's, or what holds in all
 * repositories of an organisation (who may do what there, rules, properties) is changed.
 */
export const changesUnnamed = (path: string): boolean =>
  !changesNothing.test(path) && (makesRepository.test(path) || decidesForMany.test(path))

/** Nobody but those who hold the writer's token sees what such a write changes. */
export const changesForOne = (path: string): boolean => /^\/(?:user|notifications|gists)(?:\/|$)/.test(path)
