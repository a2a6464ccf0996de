const repository = /^\/(?:repos\/([^/]+\/[^/]+)|repositories\/\d+)/
const discussion = /^(.*?)\/(issues|pulls)(\/\d+)?(?:\/(?:comments|labels|assignees|reactions|lock))?$/

/**
 * What a successful write to a path changed, as `Purges` names it. Issues and pull requests (one thing with two names):
 * the URL, its parents and lists. Anything else in a repository can show anywhere in it (a merge, a file, an edited
 * comment by its own id), and asking again is free where nothing changed: then all of the repository.
 */
export function changedBy(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  const [root, name] = repository.exec(clean) ?? []
  const [, base, , number] = discussion.exec(clean) ?? []
  if (root === undefined) return parents(clean, '')
  if (base !== root) return [name ?? root.slice(1)]
  const twins = ['issues', 'pulls'].flatMap((kind) => [
    clean.replace(discussion, `$1/${kind}${number ?? ''}`),
    `${root}/${kind}`
  ])
  return [...new Set([...parents(clean, root), ...twins, root])]
}

/** The path and those above it, without the root. */
function parents(path: string, root: string): string[] {
  const found: string[] = []
  for (let at = path; at.length > root.length; at = at.slice(0, at.lastIndexOf('/'))) found.push(at)
  return found
}
