const parts: [RegExp, string][] = [
  [/^pulls$/, 'pull requests of'],
  [/^issues$/, 'issues of'],
  [/^actions\/runs$/, 'workflow runs of'],
  [/^releases\/latest$/, 'latest release of'],
  [/^commits$/, 'last commit of'],
  [/^commits\/\w+\/check-runs$/, 'checks of a commit of']
]

/** What an address of the API stands for: "issues of octo-org/website". */
export function thingAt(url: string): string {
  const path = URL.parse(url)?.pathname
  if (path === undefined) return 'a shared note'
  const [, repository, rest = ''] = /\/repos\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path) ?? []
  if (repository === undefined) return path.replace(/^\/api\/v3/, '')
  const words = parts.find(([pattern]) => pattern.test(rest))?.[1]
  return words === undefined ? [repository, rest].filter(Boolean).join('/') : `${words} ${repository}`
}
