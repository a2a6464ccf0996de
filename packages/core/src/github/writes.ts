import { repositoryOf } from './routes.ts'

const discussion =
  /^(\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+))\/(issues|pulls)(\/\d+)?(?:\/(?:comments|labels|assignees|reactions|lock))?$/

/**
 * What a successful write to a path made stale, as `Purges` names it: all of a repository, for a write can show anywhere in
 * it. Even an issue does in some twenty lists (of events, comments, milestones, reviews, ...), each a message to members,
 * where a repository is one; and asking again is free where nothing changed. Elsewhere: the path and its parents.
 */
export function changedBy(path: string): string[] {
  const name = repositoryOf(path)
  return name === undefined ? parents(path) : [name]
}

/**
 * What of it is looked at again later. Of issues and pull requests (one thing with two names): the URL, its parents and
 * lists. Otherwise all that changed.
 */
export function nearTo(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  const [, root, , number = ''] = discussion.exec(clean) ?? []
  if (root === undefined) return changedBy(path)
  const twins = ['issues', 'pulls'].flatMap((kind) => [`${root}/${kind}${number}`, `${root}/${kind}`])
  return [...new Set([clean, ...twins, root])]
}

/** The path and those above it. */
function parents(path: string): string[] {
  const found: string[] = []
  for (let at = path.replace(/\/$/, ''); at !== ''; at = at.slice(0, at.lastIndexOf('/'))) found.push(at)
  return found
}
