// Does with @octokit/rest, its plugins for retries and throttling at work, what its users do, and prints what it saw.
import { createRequire } from 'node:module'
import process from 'node:process'
import { json } from 'node:stream/consumers'

const load = createRequire(`${process.argv[2]}/`)
const { base, token, readsOnly } = await json(process.stdin)
const [{ Octokit }, { throttling }, { retry }] = [
  load('@octokit/rest'),
  load('@octokit/plugin-throttling'),
  load('@octokit/plugin-retry')
]
const Client = Octokit.plugin(throttling, retry)
const make = (auth) =>
  new Client({
    auth,
    baseUrl: base,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    throttle: { onRateLimit: () => false, onSecondaryRateLimit: () => false },
    retry: { retryAfterBaseValue: 1 }
  })
const kit = make(token)
const repo = { owner: 'octocat', repo: 'Hello-World' }
const of = ({ status, data }) => [status, data]

const reads = {
  repository: async () => of(await kit.rest.repos.get(repo)),
  issues: () => kit.paginate(kit.rest.issues.listForRepo, { ...repo, state: 'all', per_page: 7 }),
  'issues one by one': async () => {
    const numbers = []
    for await (const { data } of kit.paginate.iterator(kit.rest.issues.listForRepo, { ...repo, per_page: 5 }))
      numbers.push(...data.map(({ number }) => number))
    return numbers
  },
  issue: async () => of(await kit.rest.issues.get({ ...repo, issue_number: 1 })),
  comments: () => kit.paginate(kit.rest.issues.listCommentsForRepo, { ...repo, per_page: 5 }),
  pulls: () => kit.paginate(kit.rest.pulls.list, { ...repo, state: 'all', per_page: 3 }),
  commits: () => kit.paginate(kit.rest.repos.listCommits, { ...repo, per_page: 4 }),
  compare: async () => of(await kit.rest.repos.getCommit({ ...repo, ref: 'main' })),
  branches: async () => of(await kit.rest.repos.listBranches(repo)),
  contents: async () => of(await kit.rest.repos.getContent({ ...repo, path: '' })),
  file: async () => of(await kit.rest.repos.getContent({ ...repo, path: 'README.md' })),
  raw: async () => of(await kit.rest.repos.getContent({ ...repo, path: 'README.md', mediaType: { format: 'raw' } })),
  releases: async () => of(await kit.rest.repos.listReleases(repo)),
  'latest release': async () => of(await kit.rest.repos.getLatestRelease(repo)),
  archive: async () => {
    const { status, headers } = await kit.rest.repos.downloadTarballArchive({
      ...repo,
      ref: 'main',
      request: { redirect: 'manual' }
    })
    return [status, headers.location]
  },
  runs: async () => of(await kit.rest.actions.listWorkflowRunsForRepo(repo)),
  topics: async () => of(await kit.rest.repos.getAllTopics(repo)),
  user: async () => of(await kit.rest.users.getAuthenticated()),
  search: async () => of(await kit.rest.search.issuesAndPullRequests({ q: 'repo:octocat/Hello-World is:issue' })),
  'a page by its URL': async () => of(await kit.request(`${base}/repos/octocat/Hello-World/labels`)),
  graphql: () => kit.graphql('{ viewer { login } repository(owner: "octocat", name: "Hello-World") { name } }'),
  'an own condition': async () => {
    const { headers } = await kit.rest.repos.get(repo)
    return of(await kit.request('GET /repos/{owner}/{repo}', { ...repo, headers: { 'if-none-match': headers.etag } }))
  },
  401: async () => of(await make('sim-token-nobody').rest.users.getAuthenticated()),
  403: async () => of(await make('sim-token-limited').rest.repos.listTags(repo)),
  404: async () => of(await kit.rest.repos.get({ ...repo, repo: 'none' }))
}

const writes = {
  made: async () => of(await kit.rest.issues.create({ ...repo, title: 'New' })),
  changed: async () => of(await kit.rest.issues.update({ ...repo, issue_number: 1, title: 'Other' })),
  'seen changed': async () => (await kit.rest.issues.get({ ...repo, issue_number: 1 })).data.title,
  commented: async () => of(await kit.rest.issues.createComment({ ...repo, issue_number: 1, body: 'Hello' })),
  'comments of it': () => kit.paginate(kit.rest.issues.listComments, { ...repo, issue_number: 1 }),
  labelled: async () => of(await kit.rest.issues.setLabels({ ...repo, issue_number: 1, labels: ['bug'] })),
  unlabelled: async () => (await kit.rest.issues.removeAllLabels({ ...repo, issue_number: 1 })).status
}

const results = {}
for (const [name, work] of Object.entries({ ...reads, ...(!readsOnly && writes) })) {
  for (const time of ['', ', again']) {
    results[name + time] = await work().catch(({ name, status, message, response }) => [
      name,
      status,
      message,
      response?.data
    ])
  }
}
process.stdout.write(JSON.stringify(results))
