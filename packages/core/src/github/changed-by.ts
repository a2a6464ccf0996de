import { elsewhere, repositoryOf, repositoryPath } from './routes.ts'

const discussion = new RegExp(
  String.raw`^(${repositoryPath})/(?:issues|pulls)(/\d+)?(?:/(?:comments|labels|assignees|reactions|lock))?$`
)

// Where an issue or pull request shows in its repository, and below its number.
const lists = ['issues', 'pulls', 'issues/comments', 'issues/events', 'pulls/comments', 'milestones', 'labels']
const details = {
  issues: ['', '/comments', '/events', '/timeline', '/labels'],
  pulls: ['', '/comments', '/commits', '/files', '/reviews']
}
// And what is assigned to somebody.
const ofSomebody = ['/issues', '/user/issues']

/** A repository itself, and what in it shows in lists of repositories, people and notifications. */
const seenElsewhere = new RegExp(
  `^${repositoryPath}(?:/(?:forks|generate|transfer|subscription|notifications|collaborators(?:/.+)?))?$`
)

/** A repository that the path of something else names: stars, those of a team. */
const namedWithin = /\/(?:starred|subscriptions|repos)\/([^/]+\/[^/]+)$/

/** It makes a text, and nothing else. */
const changesNothing = /^\/markdown(?:\/raw)?$/

/**
 * What a successful write to a path changed, as `Purges` names it. Issues and pull requests (one thing with two names):
 * the URL, its parents, and the lists in which they show. Anything else in a repository can show anywhere in it (a merge, a
 * file, an edited comment by its own id), and what is elsewhere anywhere there. Asking again is free where nothing changed.
 */
export function changedBy(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  if (changesNothing.test(clean)) return []
  const [, root, number] = discussion.exec(clean) ?? []
  if (root === undefined) {
    const [name, named] = [repositoryOf(clean), namedWithin.exec(clean)?.[1]?.toLowerCase()]
    const isElsewhere = name === undefined || seenElsewhere.test(clean)
    return [name, name === undefined ? named : undefined, isElsewhere ? elsewhere : undefined].filter(
      (one) => one !== undefined
    )
  }
  const own = Object.entries(details).flatMap(([kind, parts]) => parts.map((part) => `${root}/${kind}${number}${part}`))
  return [
    ...new Set([
      clean,
      root,
      ...lists.map((list) => `${root}/${list}`),
      ...(number === undefined ? [] : own),
      ...ofSomebody
    ])
  ]
}

/** A repository is made, which may have a name that was another one's. */
export const makesRepository = (path: string): boolean =>
  /\/(?:(?:user|orgs\/[^/]+)\/repos|forks|generate|transfer)$/.test(path)

/** Nobody but those who hold the writer's token sees what such a write changes. */
export const changesForOne = (path: string): boolean => /^\/(?:user|notifications|gists)(?:\/|$)/.test(path)
