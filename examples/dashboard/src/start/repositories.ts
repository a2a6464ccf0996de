import { lastingTexts } from '../storage.ts'

const key = 'ghmesh dashboard repositories'
const group = /^(?:org|user|topic):(?!\.{1,2}$)[\w.-]+$/i

/** `owner/name`. `.` and `..` are no names: they would lead to other parts of the API. */
export const isRepositoryName = (value: unknown): value is string =>
  typeof value === 'string' && /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(value)

/** The names in a text, of groups (`org:name`) and from addresses too: separated by commas or spaces, each once, whatever its case. */
export function repositoriesIn(text: string): string[] {
  const names = text
    .split(/[\s,]+/)
    .map((name) => name.replace(/^https?:\/\/[^/]+\/([^/]+\/[^/?#]+).*$/, '$1').replace(/\.git$/, ''))
    .filter((name) => isRepositoryName(name) || group.test(name))
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  return [...byName.values()]
}

/** From the address, which can be passed on, else from the last visit. */
export function readRepositories(): string[] {
  return repositoriesIn(new URLSearchParams(location.search).get('repositories') ?? lastingTexts.read(key) ?? '')
}

export function keepRepositories(repositories: readonly string[]): void {
  lastingTexts.keep(key, repositories.join(','))
  const url = new URL(location.href)
  if (repositories.length > 0) url.searchParams.set('repositories', repositories.join(','))
  else url.searchParams.delete('repositories')
  // Names read better as they are, and none of these needs another spelling here.
  url.search = url.search.replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
  history.replaceState(null, '', url)
}
