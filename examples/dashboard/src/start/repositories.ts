import { lastingTexts } from '../storage.ts'

/** A link with thousands must not make everyone who opens it ask all members for them; the page says that there are more. */
export const maxRepositories = 300

const key = 'ghmesh dashboard repositories'
const pattern = /^[\w.-]+\/[\w.-]+$/

/** The names in a text, from addresses too: separated by commas or spaces, each once, whatever its case. */
export function repositoriesIn(text: string): string[] {
  const names = text
    .split(/[\s,]+/)
    .map((name) => name.replace(/^https?:\/\/[^/]+\/([^/]+\/[^/?#]+).*$/, '$1').replace(/\.git$/, ''))
    .filter((name) => pattern.test(name))
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
  // Names read better as they are, and neither "/" nor "," needs another spelling here.
  url.search = url.search.replaceAll('%2F', '/').replaceAll('%2C', ',')
  history.replaceState(null, '', url)
}
