/** One request, and what a driver is to do with it. */
export interface Step {
  name: string
  method?: string
  /** Below the base URL. */
  path: string
  headers?: Record<string, string>
  body?: string
  /** Default: the driver's own. `null`: none. */
  token?: string | null
  /** All pages, by `rel="next"`. */
  follow?: boolean
  /** Sends the ETag of the answer before as `If-None-Match`. */
  condition?: boolean
  /** Leads to another origin: on the socket the proxy follows it, for no client can. */
  leaves?: boolean
}

const repo = '/repos/octocat/Hello-World'
const json = { 'content-type': 'application/json' }

/** What changes nothing. */
export const reads: readonly Step[] = [
  { name: 'a repository', path: repo },
  { name: 'its own condition', path: repo, condition: true },
  { name: 'a condition that does not hold', path: `${repo}/labels`, headers: { 'if-none-match': '"x"' } },
  { name: 'HEAD', method: 'HEAD', path: `${repo}/languages` },
  { name: 'issues, all pages', path: `${repo}/issues?per_page=7&state=all`, follow: true },
  { name: 'issues since', path: `${repo}/issues?since=2020-01-01T00:00:00Z&per_page=100` },
  { name: 'an issue', path: `${repo}/issues/1` },
  { name: 'comments, all pages', path: `${repo}/issues/comments?per_page=5`, follow: true },
  { name: 'pull requests', path: `${repo}/pulls?state=all` },
  { name: 'commits, all pages', path: `${repo}/commits?per_page=4`, follow: true },
  { name: 'a commit', path: `${repo}/commits/main` },
  { name: 'branches', path: `${repo}/branches` },
  { name: 'tags', path: `${repo}/tags` },
  { name: 'a folder', path: `${repo}/contents` },
  { name: 'a file', path: `${repo}/contents/README.md` },
  {
    name: 'a file as it is',
    path: `${repo}/contents/README.md`,
    headers: { accept: 'application/vnd.github.raw+json' }
  },
  { name: 'the readme', path: `${repo}/readme` },
  { name: 'a tree', path: `${repo}/git/trees/main` },
  { name: 'releases', path: `${repo}/releases` },
  { name: 'the latest release', path: `${repo}/releases/latest` },
  { name: 'workflow runs', path: `${repo}/actions/runs` },
  { name: 'topics', path: `${repo}/topics` },
  { name: 'a user', path: '/users/octocat' },
  { name: 'the own user', path: '/user' },
  { name: 'own repositories', path: '/user/repos?per_page=2', follow: true },
  { name: 'a search', path: '/search/issues?q=repo:octocat/Hello-World+is:issue' },
  { name: 'the limits', path: '/meta' },
  { name: 'an archive', path: `${repo}/tarball/main`, leaves: true },
  { name: 'an archive by its range', path: `${repo}/zipball/main`, headers: { range: 'bytes=0-' }, leaves: true },
  { name: '401', path: '/user', token: 'sim-token-nobody' },
  { name: '401 without a token', path: '/user', token: null },
  { name: '403, a limit', path: `${repo}/forks`, token: 'sim-token-limited' },
  { name: '404', path: '/repos/octocat/none' },
  { name: '404 of what is private', path: '/repos/octocat/secret-plans', token: 'sim-token-bob' },
  { name: 'no route', path: '/no/such/route' },
  { name: '30 MB', path: `${repo}/large` },
  { name: 'an answer that breaks off', path: `${repo}/broken` },
  { name: 'GET with a body', path: `${repo}/milestones`, body: '{}', headers: json },
  { name: 'a request that is broken off before its answer', path: `${repo}/silent` }
]

const writes: Step[] = [
  { name: 'an issue is made', method: 'POST', path: `${repo}/issues`, body: '{"title":"New"}', headers: json },
  { name: 'it is on the list', path: `${repo}/issues?per_page=1` },
  { name: 'an issue is changed', method: 'PATCH', path: `${repo}/issues/1`, body: '{"title":"Other"}', headers: json },
  { name: 'it has changed', path: `${repo}/issues/1` },
  { name: 'a comment', method: 'POST', path: `${repo}/issues/1/comments`, body: '{"body":"Hello"}', headers: json },
  { name: 'its list', path: `${repo}/issues/1/comments`, follow: true },
  { name: 'labels', method: 'PUT', path: `${repo}/issues/1/labels`, body: '{"labels":["bug"]}', headers: json },
  { name: 'labels are removed', method: 'DELETE', path: `${repo}/issues/1/labels` },
  { name: 'what GitHub refuses', method: 'POST', path: `${repo}/issues`, body: '{', headers: json },
  {
    name: 'GraphQL',
    method: 'POST',
    path: '/graphql',
    body: '{"query":"{ viewer { login } repository(owner: \\"octocat\\", name: \\"Hello-World\\") { name } }"}',
    headers: json
  }
]

/** The reads twice, for the second time they come from the cache. */
export const steps: readonly Step[] = [
  ...reads,
  ...reads.map((step) => ({ ...step, name: `${step.name}, again` })),
  ...writes
]
