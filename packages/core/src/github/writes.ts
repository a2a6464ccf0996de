/** Two names of one thing: a write to one changes what the other answers. */
const twins: [RegExp, string][] = [
  [/^(\/repos\/[^/]+\/[^/]+|\/repositories\/\d+)\/issues(?=\/\d+|$)/, '/pulls'],
  [/^(\/repos\/[^/]+\/[^/]+|\/repositories\/\d+)\/pulls(?=\/\d+|$)/, '/issues']
]

const repositoryRoot = /^(?:\/repos\/[^/]+\/[^/]+|\/repositories\/\d+)/

/**
 * The paths whose answers a successful write to `path` changed: itself, its parents up to the repository,
 * and the same of its twin, for an issue and a pull request are one.
 */
export function changedPaths(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  const root = repositoryRoot.exec(clean)?.[0] ?? ''
  const starts = [
    clean,
    ...twins.flatMap(([form, twin]) => (form.test(clean) ? [clean.replace(form, `$1${twin}`)] : []))
  ]
  const changed = new Set<string>()
  for (let at of starts) {
    for (; at.length > root.length; at = at.slice(0, at.lastIndexOf('/'))) changed.add(at)
  }
  if (root) changed.add(root)
  return [...changed]
}
