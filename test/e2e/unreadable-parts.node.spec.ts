import { expect } from 'chai'
import * as fc from 'fast-check'
import { attentionOf } from '../../examples/dashboard/src/board/attention.ts'
import { certaintyOf } from '../../examples/dashboard/src/board/certainty.ts'
import {
  type Of,
  shownIssues,
  shownPulls,
  shownReleases,
  shownRuns
} from '../../examples/dashboard/src/board/filtered.ts'
import { pullRows, reviewOf } from '../../examples/dashboard/src/board/pull-row.ts'
import { repositoryRow, wordsOfBranch, wordsOfDeployment } from '../../examples/dashboard/src/board/repository-row.ts'
import { wholeView } from '../../examples/dashboard/src/board/view.ts'
import { type Answers, answerTo } from '../../examples/dashboard/src/github/answer.ts'
import { createFeed } from '../../examples/dashboard/src/github/feed.ts'
import { expand } from '../../examples/dashboard/src/github/groups.ts'
import {
  issuesOf,
  latestReleaseOf,
  pullRequestsOf,
  type Query,
  viewer,
  workflowRunsOf
} from '../../examples/dashboard/src/github/queries.ts'
import { recall, refresh } from '../../examples/dashboard/src/github/refresh.ts'
import { createRounds } from '../../examples/dashboard/src/github/rounds.ts'
import { grouped } from '../../examples/dashboard/src/panels/issue-groups.ts'
import { emptyWords } from '../../examples/dashboard/src/panels/standing.ts'
import { githubNotices } from '../../examples/dashboard/src/states/notices.ts'
import { refreshWords } from '../../examples/dashboard/src/states/refresh-words.ts'

const apiUrl = 'https://api.example'
const now = Date.UTC(2026, 10, 27, 12)
const at = '2026-11-01T00:00:00Z'
const entries = ['a/b', 'org:c']

const alice = { login: 'alice' }
const pull = {
  ...{ number: 1, title: 'Change', html_url: 'https://github.com/a/b/pull/1', draft: false, created_at: at },
  ...{ updated_at: at, user: alice, assignees: [alice], requested_reviewers: [alice] },
  ...{ requested_teams: [{ id: 1, name: 'core' }], labels: [{ name: 'bug', color: 'd73a4a' }], head: { sha: '1' } }
}
const issue = {
  ...{ number: 2, title: 'Problem', html_url: 'https://github.com/a/b/issues/2', updated_at: at, comments: 1 },
  ...{ user: alice, assignees: [alice], labels: [{ name: 'bug', color: 'd73a4a' }] }
}
const run = {
  ...{ id: 1, workflow_id: 1, name: 'CI', display_title: 'Change', html_url: '', head_branch: 'main', head_sha: '1' },
  ...{ event: 'push', status: 'completed', conclusion: 'success', updated_at: at }
}
const release = { tag_name: 'v1', name: 'One', html_url: '', prerelease: false, published_at: at, author: alice }
const rollup = {
  state: 'SUCCESS',
  contexts: { checkRunCountsByState: [{ state: 'SUCCESS', count: 1 }], statusContextCountsByState: [] }
}
const repository = {
  defaultBranchRef: { name: 'main', target: { statusCheckRollup: rollup } },
  deployments: {
    nodes: [{ environment: 'production', createdAt: at, latestStatus: { state: 'SUCCESS', createdAt: at } }]
  },
  issues: { totalCount: 1 },
  pullRequests: {
    totalCount: 1,
    pageInfo: { hasNextPage: false, endCursor: null },
    nodes: [
      {
        ...{ number: 1, headRefOid: '1', additions: 1, deletions: 1, mergeable: 'MERGEABLE' },
        ...{ mergeStateStatus: 'CLEAN', reviewDecision: null, latestOpinionatedReviews: { nodes: [{ state: 'X' }] } },
        commits: { nodes: [{ commit: { statusCheckRollup: rollup } }] }
      }
    ]
  }
}
const bodies = {
  '/graphql': { data: { repository } },
  '/user': alice,
  '/user/teams': [{ id: 1, name: 'core', parent: { id: 2, name: 'all' } }],
  '/orgs/c/repos': [{ full_name: 'c/d', archived: false }],
  '/pulls': [pull, { ...pull, number: 3, head: { sha: '3' } }],
  '/issues': [issue, { ...issue, number: 4, user: null, labels: [] }],
  '/actions/runs': { workflow_runs: [run, { ...run, id: 2, conclusion: null, status: 'queued' }] },
  '/releases/latest': release,
  '/commits': [{ sha: '1', commit: { committer: { date: at } } }],
  '/check-runs': { check_runs: [{ name: 'test', status: 'completed', conclusion: 'success' }] }
}
type Bodies = Record<keyof typeof bodies, unknown>

/** A page's feed of these bodies, whoever sent them. */
function feedOf(all: Bodies, hasToken: boolean) {
  const fetch = async (url: unknown) => {
    const { pathname } = new URL(String(url))
    const found = Object.entries(all).find(([path]) => pathname.endsWith(path))
    return found ? Response.json(found[1]) : new Response(null, { status: 404 })
  }
  return createFeed({ fetch, peek: fetch }, apiUrl, { now: () => now, hasToken: () => hasToken })
}

const asked = async (some: Partial<Bodies>, hasToken = false) => {
  const feed = feedOf({ ...bodies, ...some }, hasToken)
  await refresh(feed, entries, { now: () => now })
  return feed.answers()
}

/** What a row cannot be drawn without. */
function draw(answers: Answers, times: (string | null | undefined)[], texts: unknown[], logins: unknown[]): void {
  expect(answers.size).to.be.above(0)
  for (const time of times) if (time) new Date(time).toISOString()
  for (const text of texts) `${text}`
  for (const login of logins) if (login !== undefined) expect(login).to.be.a('string')
}

/** All that the page makes of answers. */
function show(answers: Answers): void {
  const { names } = expand(entries, answers, 10)
  const me = answerTo(answers, viewer)?.data?.[0]?.login
  const repositories = names.map((name) => repositoryRow(answers, name))
  const pulls = pullRows(answers, names)
  const teams = new Set([1])
  attentionOf({ repositories, pulls, me, teams, days: 7, now })
  certaintyOf({ answers, repositories, hasToken: true, me, now })
  const of = <Item>(query: (name: string) => Query<Item>): Of<Item>[] =>
    names.flatMap((name) => (answerTo(answers, query(name))?.data ?? []).map((item) => ({ repository: name, item })))
  const searches = [
    ...(['newest', 'oldest', 'repository'] as const).map((sort) => ({ q: '', sort })),
    ...['author:alice', 'label:bug', 'is:failing', 'change'].map((q) => ({ q, sort: 'newest' as const }))
  ]
  for (const search of searches) {
    const view = { ...wholeView, ...search }
    for (const row of shownPulls(pulls, { view, me, teams, now })) {
      const { pull, details } = row
      const { title, html_url, number } = pull
      reviewOf(row)
      draw(answers, [pull.updated_at, pull.created_at], [title, html_url, number], [pull.user?.login])
      if (details) for (const size of [details.additions, details.deletions]) size.toLocaleString('en')
    }
    for (const { item } of grouped(shownIssues(of(issuesOf), { view, me, now })).flatMap(({ issues }) => issues)) {
      const { title, html_url, number, labels } = item
      draw(answers, [item.updated_at], [title, html_url, number, ...labels.map(({ color }) => color)], [])
    }
    for (const { item } of shownRuns(of(workflowRunsOf), view)) {
      draw(answers, [item.updated_at], [item.html_url, item.id], [])
      ;(item.conclusion ?? item.status ?? '').charAt(0)
    }
    for (const { item } of shownReleases(of(latestReleaseOf), view))
      draw(answers, [item.published_at], [item.html_url, item.tag_name], [])
  }
  for (const { branch, deployment, release, issues, pulls } of repositories) {
    if (branch) wordsOfBranch(branch)
    if (deployment) wordsOfDeployment(deployment)
    if (release && release !== 'none') draw(answers, [release.published_at], [release.html_url, release.tag_name], [])
    draw(answers, [deployment?.at], [], [])
    for (const one of [issues, pulls]) one?.count.toLocaleString('en')
  }
}

/** Every place of a value, as the keys that lead to it. */
const placesOf = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? [[], ...Object.entries(value).flatMap(([key, one]) => placesOf(one).map((place) => [key, ...place]))]
    : [[]]

function withChange(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = withChange(copy[key], rest, by)
  return copy
}

describe('answers that the dashboard cannot read', () => {
  it('shows what GitHub answers, all of it', async () => {
    for (const hasToken of [false, true]) {
      const answers = await asked({}, hasToken)
      show(answers)
      for (const [path, { data, isMore, problem }] of answers) {
        expect(data, path).to.have.length.above(0)
        expect([isMore ?? false, problem], path).to.deep.equal([false, undefined])
      }
    }
  })

  /** Asks for these bodies, with one of them changed, and makes all that the page makes of them. */
  async function survive({ path, place, value, hasToken }: Change): Promise<void> {
    const feed = feedOf({ ...bodies, [path]: withChange(bodies[path], place, value) ?? null }, hasToken)
    await recall(feed, entries)
    await refresh(feed, entries, { now: () => now })
    show(feed.answers())
  }
  interface Change {
    path: keyof Bodies
    place: string[]
    value: unknown
    hasToken: boolean
  }
  const paths = Object.keys(bodies) as (keyof Bodies)[]

  for (const path of paths)
    it(`ends a round and shows the rest, whatever is not as it should be: ${path}`, async () => {
      const hasToken = ['/graphql', '/user', '/user/teams'].includes(path)
      for (const place of placesOf(bodies[path]))
        for (const value of [null, undefined, {}, [null], 'x', { toString: 1 }]) {
          const what = `${place.join('.')}: ${JSON.stringify(value)}`
          await survive({ path, place, value, hasToken }).catch((cause) => expect.fail(`${what}: ${cause.stack}`))
        }
    })

  it('ends a round and shows the rest, whatever JSON stands in one place', async () => {
    const change = fc.constantFrom(...paths).chain((path) =>
      fc.record({
        path: fc.constant(path),
        place: fc.constantFrom(...placesOf(bodies[path])),
        value: fc.jsonValue(),
        hasToken: fc.boolean()
      })
    )
    await fc.assert(fc.asyncProperty(change, survive))
  })

  it('leaves out what it cannot read of a list, and does not say that the rest is all', async () => {
    const answers = await asked({ '/pulls': [{}, pull, null, { ...pull, updated_at: 'soon' }] })
    const found = answerTo(answers, pullRequestsOf('a/b'))
    expect(found?.data?.map(({ number }) => number)).to.deep.equal([1])
    expect(found?.isMore).to.equal(true)
  })

  it('leaves out of a group what is no name of a repository, which would lead to another part of the API', async () => {
    const listed = ['c/d', '../user', 'c/..', 'c/d/e', 'c'].map((full_name) => ({ full_name, archived: false }))
    const { names } = expand(['org:c'], await asked({ '/orgs/c/repos': listed }), 10)
    expect(names).to.deep.equal(['c/d'])
  })

  it('keeps what GitHub itself leaves null', async () => {
    const sparse = { user: null, assignees: null, requested_reviewers: null, requested_teams: null }
    const label = { name: 'bug', color: null }
    const answers = await asked({
      '/pulls': [{ ...pull, ...sparse, labels: [label] }],
      '/issues': [{ ...issue, user: null, assignees: null, labels: [label] }],
      '/actions/runs': { workflow_runs: [{ ...run, name: null, head_branch: null, conclusion: null, status: null }] },
      '/releases/latest': { ...release, name: null, published_at: null, author: null },
      '/commits': [{ sha: '1', commit: { committer: null } }]
    })
    show(answers)
    for (const [path, { data, isMore }] of answers) {
      expect(data, path).to.have.length.above(0)
      expect(isMore ?? false, path).to.equal(false)
    }
  })

  it('says that an answer cannot be read, and not that there is nothing', async () => {
    const wrong = {
      '/pulls': [{}],
      '/issues': { a: 1 },
      '/releases/latest': {},
      '/graphql': { data: { repository: {} } }
    }
    const answers = await asked(wrong, true)
    for (const query of [pullRequestsOf('a/b'), issuesOf('a/b'), latestReleaseOf('a/b')] as Query<unknown>[]) {
      expect(answerTo(answers, query), query.path).to.deep.include({ problem: { kind: 'unreadable' } })
      expect(emptyWords('None.', [answerTo(answers, query)]), query.path).to.match(/^Not available yet: .*cannot read/)
    }
    expect(repositoryRow(answers, 'a/b').release).to.equal(undefined)
    const notices = githubNotices({ isOnline: true, hasToken: true, answers, quota: undefined, now })
    expect(notices.map(({ title }) => title)).to.deep.equal(['An answer cannot be read'])
  })

  it('keeps what it showed', async () => {
    const all: Bodies = { ...bodies }
    const feed = feedOf(all, false)
    await refresh(feed, entries, { now: () => now })
    all['/pulls'] = [{}]
    await refresh(feed, entries, { now: () => now })
    const { data, source, failingSince } = answerTo(feed.answers(), pullRequestsOf('a/b')) ?? {}
    expect(data).to.have.length(2)
    expect(source).to.include({ kind: 'stale', reason: 'unreadable' })
    expect(failingSince).to.equal(now)
  })

  it('ends a round in which something of the page itself fails, says so, and goes on with the next one', async () => {
    const feed = feedOf(bodies, false)
    let isBroken = true
    const inView = () => {
      if (isBroken) throw new Error('no rows')
      return new Set<string>()
    }
    const stats = () => ({ quotaSpent: 0, quota: {} })
    const mesh = { stats, peers: () => [] } as unknown as Parameters<typeof createRounds>[0]['mesh']
    const rounds = createRounds({ mesh, feed, inView, now: () => now })
    const report = await rounds.run(entries, false)
    expect(report).to.deep.include({ error: 'Error: no rows', at: now, next: { at: now + 60_000, isSlow: false } })
    if (!report) return
    expect(refreshWords(report)).to.equal('Refresh failed')
    const situation = { isOnline: true, hasToken: false, answers: feed.answers(), quota: undefined, now }
    const [notice] = githubNotices({ ...situation, roundError: report.error })
    expect(notice).to.include({ title: 'The last refresh did not finish' })
    expect(notice?.text).to.include('no rows')
    isBroken = false
    expect((await rounds.run(entries, false))?.error).to.equal(undefined)
  })
})
