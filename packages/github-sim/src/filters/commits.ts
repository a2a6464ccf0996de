import { emailOf } from '../data/commit.ts'
import type { Commit } from '../model.ts'
import { asksForLogin, isSince, timeOf } from './query.ts'

const touches = ({ change }: Commit, path: string) => change.path === path || change.path.startsWith(`${path}/`)

/** The commits that a list asks for. People are named by login or address: https://docs.github.com/rest/commits/commits#list-commits */
export function filterCommits(commits: Commit[], query: URLSearchParams): Commit[] {
  const path = query.get('path')?.replace(/\/+$/, '')
  const until = timeOf(query, 'until') ?? Number.POSITIVE_INFINITY
  return commits.filter((commit) => {
    const names = [commit.author.login, emailOf(commit)]
    return (
      isSince(query, commit.date) &&
      Date.parse(commit.date) <= until &&
      // Here the author of a commit is its committer, too.
      asksForLogin(query, 'author', ...names) &&
      asksForLogin(query, 'committer', ...names) &&
      (!path || touches(commit, path))
    )
  })
}
