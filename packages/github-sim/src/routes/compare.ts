import type { RepositoryAsk } from '../ask.ts'
import { changedFile, commitAt, commitJson } from '../data/commit.ts'
import type { Commit } from '../model.ts'
import { linkOf, pageOf, slice } from '../pagination.ts'
import { notFound, type Reply } from '../reply.ts'

/** What a comparison lists when it is not asked for in pages. */
const maxCommits = 250

/**
 * Without `per_page` and `page` the newest commits, with one of them a page of all, and files on the first page only:
 * https://docs.github.com/rest/commits/commits#compare-two-commits
 */
function pageOfCommits({ links, canonicalPath, query }: RepositoryAsk, commits: Commit[]) {
  if (!query.has('per_page') && !query.has('page')) return { listed: commits.slice(-maxCommits), isFirst: true }
  const page = pageOf(query)
  const link = linkOf(links.api + canonicalPath, query, page, commits.length)
  return { listed: slice(commits, page), isFirst: page.page === 1, ...(link !== undefined && { headers: { link } }) }
}

/** `GET .../compare/{base}...{head}`. */
export function compare(ask: RepositoryAsk): Reply {
  const { repository: r, links, params } = ask
  const [base = '', head = ''] = (params.basehead ?? '').split('...')
  const from = commitAt(r, base)
  const to = commitAt(r, head)
  if (!from || !to) return notFound()
  const at = (c: Commit) => r.commits.indexOf(c)
  const commits = r.commits.slice(at(to), Math.max(at(to), at(from))).reverse()
  const behind = Math.max(0, at(to) - at(from))
  const { listed, isFirst, headers } = pageOfCommits(ask, commits)
  const url = `${links.api}/repos/${r.fullName}/compare/${base}...${head}`
  const html = `${links.web}/${r.fullName}/compare/${base}...${head}`
  return {
    json: {
      url,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commitJson(from, r.fullName, links),
      merge_base_commit: commitJson(behind > 0 ? to : from, r.fullName, links),
      status: commits.length > 0 ? 'ahead' : behind > 0 ? 'behind' : 'identical',
      ahead_by: commits.length,
      behind_by: behind,
      total_commits: commits.length,
      commits: listed.map((c) => commitJson(c, r.fullName, links)),
      files: (isFirst ? commits.slice(-1) : []).map((c) => changedFile(c.change, to.sha, r.fullName, links))
    },
    ...(headers && { headers })
  }
}
