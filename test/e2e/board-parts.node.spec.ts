import { expect } from 'chai'
import * as fc from 'fast-check'
import { attentionOf, iconOf, titleOf } from '../../examples/dashboard/src/board/attention.ts'
import { certaintyOf, nothingWords } from '../../examples/dashboard/src/board/certainty.ts'
import { shownPulls } from '../../examples/dashboard/src/board/filtered.ts'
import { type PullRow, reviewOf } from '../../examples/dashboard/src/board/pull-row.ts'
import { repositoryRow, wordsOfDeployment } from '../../examples/dashboard/src/board/repository-row.ts'
import { savedViewsIn } from '../../examples/dashboard/src/board/saved-views.ts'
import { labelIn, matches, parseSearch, withLabel } from '../../examples/dashboard/src/board/search.ts'
import {
  readView,
  sorts,
  staleDays,
  tabs,
  viewParameters,
  wholeView,
  withView
} from '../../examples/dashboard/src/board/view.ts'
import type { Answer } from '../../examples/dashboard/src/github/answer.ts'
import type { PullRequest } from '../../examples/dashboard/src/github/answers.ts'
import { detailsOf, type PullDetails } from '../../examples/dashboard/src/github/details.ts'
import { createFeed } from '../../examples/dashboard/src/github/feed.ts'
import { asRest, graphqlUrlOf } from '../../examples/dashboard/src/github/graphql.ts'
import {
  headCommitOf,
  issuesOf,
  pullRequestsOf,
  type Query,
  runsOfCommit,
  teams,
  viewer
} from '../../examples/dashboard/src/github/queries.ts'
import { detailsMaxAgeMs } from '../../examples/dashboard/src/github/round-queries.ts'

const now = Date.UTC(2026, 10, 27, 12)
const dayMs = 86_400_000

function row(
  number: number,
  pull: Partial<PullRequest> = {},
  details?: Partial<PullDetails>,
  checks = 'passed'
): PullRow {
  const updated_at = new Date(now - dayMs).toISOString()
  return {
    id: `a/b#${number}`,
    repository: 'a/b',
    pull: {
      ...{ number, title: `Change ${number}`, html_url: `https://github.com/a/b/pull/${number}`, draft: false },
      ...{ created_at: updated_at, updated_at, user: { login: 'mona' }, assignees: [], labels: [] },
      ...{ requested_reviewers: [], requested_teams: [], head: { sha: `${number}` } },
      ...pull
    },
    details: details && {
      ...{ number, headSha: `${number}`, additions: 1, deletions: 1, hasConflicts: false, isMergeable: true },
      ...{ decision: 'none', checks: undefined },
      ...details
    },
    checks: { state: checks as 'passed', words: checks }
  }
}

describe('the board of the dashboard', () => {
  const old = new Date(now - 8 * dayMs).toISOString()
  const pulls = [
    row(1, { requested_reviewers: [{ login: 'alice' }] }),
    row(2, { user: { login: 'alice' } }, undefined, 'failed'),
    row(3, { user: { login: 'alice' } }, { hasConflicts: true, isMergeable: false }),
    row(4, {}, { decision: 'approved' }),
    row(5, { updated_at: old }),
    row(6, { updated_at: old, draft: true }),
    row(7, { user: { login: 'alice' }, draft: true }, undefined, 'failed'),
    row(8, {}, { decision: 'approved', isMergeable: false }),
    row(9, {}, { decision: 'approved' }, 'running'),
    row(10, { updated_at: old }, { decision: 'approved' })
  ]
  const repositories = [
    { name: 'a/b', standing: 'known', branch: { name: 'main', state: 'failed', isStale: false } },
    { name: 'a/c', standing: 'known', branch: { name: 'main', state: 'running', isStale: false } },
    { name: 'a/d', standing: 'waiting' }
  ] as const
  const needs = (me: string | undefined) =>
    attentionOf({ repositories, pulls, me, teams: new Set(), days: 7, now }).map(({ reason, key }) => [
      reason,
      key.replace('a/b#', '')
    ])

  it('names what needs attention once, for its most pressing reason', () => {
    expect(needs('alice')).to.deep.equal([
      ['branch-failing', 'a/b'],
      ['review-requested', '1'],
      ['mine-blocked', '2'],
      ['mine-blocked', '3'],
      ['ready', '4'],
      ['ready', '10'],
      ['waiting', '5']
    ])
    expect(needs(undefined).map(([reason]) => reason)).not.to.include.members(['review-requested', 'mine-blocked'])
    const why = attentionOf({ repositories, pulls, me: 'alice', teams: new Set(), days: 7, now }).find(
      ({ key }) => key === 'a/b#3'
    )
    expect(why?.about).to.equal('conflicts')
  })

  describe('says of what needs attention', () => {
    const source = { kind: 'github', askedAt: now - 60_000 } as const
    const branch = { name: 'main', state: 'passed' }
    const known: Record<string, Answer> = {
      [pullRequestsOf('a/b').path]: { data: [], source },
      [issuesOf('a/b').path]: { data: [], source },
      [detailsOf('a/b').path]: { data: [{ branch, openIssues: 0, openPulls: 0, pulls: [] }], source }
    }
    const failing = { problem: { kind: 'network' }, failingSince: now } as const
    const of = (change: Record<string, Answer | undefined> = {}, names = ['a/b'], isMeKnown = true) => {
      const answers = new Map(
        Object.entries({ ...known, ...change }).filter((entry): entry is [string, Answer] => entry[1] !== undefined)
      )
      const repositories = names.map((name) => repositoryRow(answers, name))
      const certainty = certaintyOf({ answers, repositories, hasToken: true, me: isMeKnown ? 'alice' : undefined, now })
      return { ...certainty, nothing: nothingWords(certainty, now) }
    }

    it('"nothing" only where all is known and confirmed', () => {
      expect(of()).to.deep.equal({ known: 'all', gaps: [], asOf: undefined, nothing: 'Nothing needs attention.' })
      const noCommit = { data: [{ branch: undefined, openIssues: 0, openPulls: 0, pulls: [] }], source }
      expect(of({ [detailsOf('a/b').path]: noCommit }).known, 'a repository without a commit').to.equal('all')
    })

    it('what is missing', () => {
      const gap = (...args: Parameters<typeof of>) => of(...args).gaps.join(' ')
      expect(gap({}, ['a/b', 'a/c'])).to.equal('1 repository is not loaded yet.')
      expect(gap({ [detailsOf('a/b').path]: undefined })).to.match(/^Reviews and conflicts of 1 .* 1 default branch is/)
      expect(gap({}, ['a/b'], false)).to.include('whose token this is')
      expect(gap({ [pullRequestsOf('a/b').path]: { data: [], isMore: true, source } })).to.include('changed last')
      const asked = { data: [{ number: 1, labels: [], requested_teams: [{ id: 1, name: 'core' }] }], source }
      expect(gap({ [pullRequestsOf('a/b').path]: asked }), 'a team was asked').to.include('not counted as yours')
      expect(
        of({ [pullRequestsOf('a/b').path]: asked, [teams.path]: { data: [], source } }).gaps,
        'the viewer is in none'
      ).to.deep.equal([])
      expect(of({}, ['a/b', 'a/c']).nothing).to.equal('Nothing that is known needs attention.')
      const denied: Answer = { problem: { kind: 'not-found' } }
      const hidden = of({ [pullRequestsOf('a/b').path]: denied, [issuesOf('a/b').path]: denied })
      expect(hidden.gaps).to.deep.equal(['GitHub does not show 1 repository.'])
      expect([hidden.known, hidden.nothing]).to.deep.equal(['none', 'Not known yet.'])
    })

    it('from when it is, while GitHub does not answer', () => {
      const [path, was] = [pullRequestsOf('a/b').path, known[pullRequestsOf('a/b').path]]
      const { gaps, nothing, asOf } = of({ [path]: { ...was, ...failing } })
      expect(asOf).to.equal(source.askedAt)
      expect(gaps.join(' ')).to.match(/^As of \d\d:\d\d: GitHub has not answered since/)
      expect(nothing).to.match(/^Nothing needed attention at \d\d:\d\d\.$/)
      const refused = { ...known[detailsOf('a/b').path], problem: { kind: 'token' }, failingSince: now } as const
      expect(of({ [detailsOf('a/b').path]: refused }).gaps.join(' ')).to.include('does not accept your token')
    })

    it('the state of a branch as GitHub said last, by whichever way', () => {
      const refused = { ...known[detailsOf('a/b').path], problem: { kind: 'token' }, failingSince: now } as const
      const runs = [
        { id: 1, workflow_id: 1, status: 'completed', conclusion: 'failure', event: 'push', head_branch: 'main' }
      ]
      const branchNow = (change: Record<string, Answer>) =>
        repositoryRow(new Map(Object.entries({ ...known, [detailsOf('a/b').path]: refused, ...change })), 'a/b').branch
      expect(branchNow({})).to.deep.equal({ ...branch, isStale: true })
      const listed = {
        [headCommitOf('a/b').path]: { data: [{ sha: '1' }], source },
        [runsOfCommit('a/b', '1').path]: { data: runs, source }
      }
      expect(branchNow(listed)).to.deep.equal({ name: 'main', state: 'failed', isStale: false })
    })
  })

  it('shows the same count in the title and in the icon', () => {
    expect([0, 3, 10].map(titleOf)).to.deep.equal([
      'Team dashboard · ghmesh',
      '(3) Team dashboard · ghmesh',
      '(10) Team dashboard · ghmesh'
    ])
    expect([0, 3, 10].map(iconOf)).to.deep.equal(['./icon.svg', './icon-3.svg', './icon-many.svg'])
  })

  it('divides pull requests into tabs', () => {
    const numbers = (tab: (typeof tabs)[number], me: string | undefined) =>
      shownPulls(pulls, { view: { ...wholeView, tab }, me, teams: new Set(), now }).map(({ pull }) => pull.number)
    expect(numbers('all', undefined)).to.have.length(pulls.length)
    expect(numbers('mine', 'alice')).to.have.members([2, 3, 7])
    expect(numbers('waiting', 'alice')).to.have.members([1, 2, 3, 7])
    expect(numbers('stale', undefined)).to.have.members([5, 6, 10])
    expect(numbers('mine', undefined)).to.deep.equal([])
  })

  it('says how a review stands, and nothing where it does not know', () => {
    const words = (...args: Parameters<typeof row>) => reviewOf(row(...args))?.words
    expect(words(1)).to.equal(undefined)
    expect(words(1, {}, {})).to.equal('No review yet')
    expect(words(1, { requested_reviewers: [{ login: 'bob' }], requested_teams: [{ id: 1, name: 'core' }] })).to.equal(
      'Waiting for bob, team core'
    )
    expect(words(1, { requested_reviewers: [{ login: 'bob' }] }, { decision: 'changes-requested' })).to.equal(
      'Changes requested'
    )
    expect(words(1, {}, { decision: 'review-required' })).to.equal('Review required')
  })

  it('searches by words and qualifiers', () => {
    const about = {
      ...{ text: 'fix the parser #12 octo/site mona', repository: 'octo/Site', author: 'Mona' },
      ...{ labels: ['bug', 'good first issue'], is: ['pr', 'failing'] }
    }
    const fits = (q: string) => matches(about, parseSearch(q))
    for (const q of ['', 'PARSER fix', '#12', 'repo:octo/site', 'author:@mona', 'is:failing -is:draft', 'is:']) {
      expect(fits(q), q).to.equal(q !== 'is:')
    }
    for (const q of ['label:"good first issue"', 'label:bug "the parser"', '-label:"help wanted"']) {
      expect(fits(q), q).to.equal(true)
    }
    for (const q of ['parsers', '-fix', 'label:good', 'author:mon', 'http://x']) expect(fits(q), q).to.equal(false)
  })

  it('takes any text as a search, and any label into one and out again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (q, label) => {
        parseSearch(q)
        if (label.trim() !== label) return true
        const found = labelIn(withLabel('fix it', label))
        return found === label.toLowerCase() && withLabel(withLabel('fix it', label), undefined) === 'fix it'
      })
    )
  })

  for (const label of ['say "hi"', '12" display', '"', '""', 'a\\"b', 'good first issue', 'type:bug', '-1', 'ä ö', ' '])
    it(`finds what has the label ${label} when that is chosen`, () => {
      const row = { text: '', repository: 'a/b', author: '', labels: [label], is: [] }
      expect(matches(row, parseSearch(withLabel('', label)))).to.equal(true)
      expect(matches({ ...row, labels: [`${label}x`] }, parseSearch(withLabel('', label)))).to.equal(false)
    })

  it('keeps a view in the address, whatever it is', () => {
    const view = fc.record({
      q: fc.string({ maxLength: 200 }),
      tab: fc.constantFrom(...tabs),
      sort: fc.constantFrom(...sorts),
      only: fc.option(fc.stringMatching(/^[\w.-]+\/[\w.-]+$/), { nil: undefined }),
      days: fc.constantFrom(...staleDays),
      isWall: fc.boolean()
    })
    fc.assert(
      fc.property(view, (one) => {
        const address = withView(new URL('https://a.example/?api=b&q=before&repositories=x/y'), one)
        expect(readView(address.searchParams)).to.deep.equal(one)
        expect(address.searchParams.get('repositories')).to.equal('x/y')
      })
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('q', 'tab', 'sort', 'only', 'days'), fc.string()), (any) => {
        readView(new URLSearchParams(any))
      })
    )
    expect(viewParameters(wholeView).size).to.equal(0)
  })

  it('reads saved views, and nothing else that is stored under their name', () => {
    const saved = [{ name: 'Mine', query: 'tab=mine' }]
    expect(savedViewsIn(JSON.stringify(saved))).to.deep.equal(saved)
    for (const wrong of [undefined, '', '{', 'null', '{"a":1}', '[null, 1, {"name":"x"}]']) {
      expect(savedViewsIn(wrong), wrong).to.deep.equal([])
    }
  })

  it('takes nothing from a GraphQL answer that is not whole, so that what is denied does not read as none', async () => {
    const status = async (body: unknown, init?: ResponseInit) =>
      (await asRest(Response.json(body, init), 'https://api.github.com')).status
    const repository = { issues: { totalCount: 1 }, pullRequests: null }
    expect(await status({ data: { repository } })).to.equal(200)
    expect(await status({ data: { repository }, errors: [{ type: 'FORBIDDEN' }] })).to.equal(403)
    expect(await status({ data: { repository: null }, errors: [{ type: 'NOT_FOUND' }] })).to.equal(404)
    expect(await status({ errors: [{ type: 'RATE_LIMITED' }] })).to.equal(429)
    expect(await status({ errors: [{ type: 'undefinedField' }] }), 'an older server').to.equal(404)
    expect(await status({ data: null, errors: [{ message: 'Something went wrong' }] })).to.equal(502)
    expect(await status({}, { status: 401 })).to.equal(401)
    expect(graphqlUrlOf('https://api.github.com')).to.equal('https://api.github.com/graphql')
    expect(graphqlUrlOf('https://github.example.org/api/v3')).to.equal('https://github.example.org/api/graphql')
  })

  it('does without deployments where the token may not see them, and keeps the rest', async () => {
    const refused = { type: 'FORBIDDEN', path: ['repository', 'deployments'] }
    const pullRequests = { totalCount: 0, nodes: [] }
    const repository = { defaultBranchRef: null, issues: { totalCount: 7 }, pullRequests }
    const answers = {
      'as null': { data: { repository: { ...repository, deployments: null } }, errors: [refused] },
      'with the repository': { data: { repository: null }, errors: [refused] }
    }
    for (const [how, answer] of Object.entries(answers)) {
      const asked: boolean[] = []
      const fetch = async (_: unknown, init?: RequestInit) => {
        const { deployments } = JSON.parse(String(init?.body)).variables
        asked.push(deployments)
        return Response.json(deployments ? answer : { data: { repository } })
      }
      const feed = createFeed({ fetch, peek: async () => undefined }, 'https://api.github.com', {
        hasToken: () => true
      })
      for (const name of ['a/b', 'a/c']) {
        const { data } = await feed.ask(detailsOf(name), () => 'default')
        expect(data?.[0], how).to.deep.include({ openIssues: 7, deployment: undefined })
      }
      expect(asked, how).to.deep.equal(how === 'as null' ? [true, true] : [true, false, false])
      feed.takeOtherToken()
      await feed.ask(detailsOf('a/c'), () => 'default')
      expect(asked[asked.length - (how === 'as null' ? 1 : 2)], 'another token').to.equal(true)
    }
  })

  describe('takes no answer to another token for one to this', () => {
    const apiUrl = 'https://api.github.com'
    const owner = { login: 'alice' }

    /** Asks with one token, and lets the answer come when another one is sent. */
    async function askedBefore(query: Query<unknown>, late: Response) {
      const { promise, resolve } = Promise.withResolvers<Response>()
      const sent: (RequestInit | undefined)[] = []
      const fetch = async (_: unknown, init?: RequestInit) => {
        sent.push(init)
        return sent.length === 1 ? promise : Response.json(owner)
      }
      const feed = createFeed({ fetch, peek: async () => undefined }, apiUrl, { hasToken: () => true })
      const asked = feed.ask(query, () => 'default')
      feed.takeOtherToken()
      resolve(late)
      await asked
      return { feed, sent }
    }

    it('that it was refused', async () => {
      for (const query of [viewer, detailsOf('a/b')] as Query<unknown>[]) {
        const { feed, sent } = await askedBefore(query, new Response(null, { status: 401 }))
        expect([feed.isTokenRefused(), feed.hasToken()], query.path).to.deep.equal([false, true])
        expect(sent, query.path).to.have.length(1)
        await feed.ask(viewer, () => 'default')
        expect(sent.at(-1)?.credentials, query.path).to.equal(undefined)
      }
    })

    it('whose it is, and what it sees', async () => {
      const answers: [Query<unknown>, unknown][] = [
        [viewer, owner],
        [teams, [{ id: 1, name: 'core' }]],
        [headCommitOf('a/secret'), [{ sha: '1', commit: {} }]]
      ]
      for (const [query, body] of answers) {
        const { feed } = await askedBefore(query, Response.json(body))
        expect([...feed.answers()], query.path).to.deep.equal([])
      }
    })

    it('that it may not see deployments', async () => {
      const refused = {
        data: { repository: null },
        errors: [{ type: 'FORBIDDEN', path: ['repository', 'deployments'] }]
      }
      const { feed, sent } = await askedBefore(detailsOf('a/b'), Response.json(refused))
      await feed.ask(detailsOf('a/c'), () => 'default')
      expect(JSON.parse(String(sent.at(-1)?.body)).variables).to.include({ name: 'c', deployments: true })
    })
  })

  it('says how the last deployment stands, and since when it is not confirmed', () => {
    const row = (latestStatus: object | null, failingSince?: number) => {
      const at = '2026-11-01T00:00:00Z'
      const deployments = { nodes: [{ environment: 'production', createdAt: at, latestStatus }] }
      const body = { defaultBranchRef: null, deployments, issues: { totalCount: 0 }, pullRequests: { nodes: [] } }
      const source = { kind: 'github', askedAt: 0 } as const
      const data = detailsOf('a/b').read(body)
      const { deployment } = repositoryRow(
        new Map<string, Answer>([
          [detailsOf('a/b').path, { data, source, ...(failingSince && { failingSince }) }],
          [pullRequestsOf('a/b').path, { data: [], source }]
        ]),
        'a/b'
      )
      return deployment && { ...wordsOfDeployment(deployment), at: deployment.at }
    }
    const status = (state: string) => ({ state, createdAt: '2026-11-02T00:00:00Z' })
    expect(row(status('SUCCESS'))).to.deep.equal({
      state: 'passed',
      words: 'Deployed to production',
      at: '2026-11-02T00:00:00Z'
    })
    expect(row(status('ERROR'))).to.include({ state: 'failed', words: 'Deployment to production failed' })
    expect(row(status('IN_PROGRESS'))?.words).to.equal('Deploying to production')
    expect(row(status('INACTIVE'))?.words).to.equal('Deployment to production inactive')
    expect(row(null)).to.deep.equal({
      state: 'none',
      words: 'Deployment to production waiting',
      at: '2026-11-01T00:00:00Z'
    })
    expect(row(status('UNHEARD_OF'))).to.equal(undefined)
    expect(row(status('SUCCESS'), 1)?.words).to.equal('Last known: Deployed to production')
  })

  it('spends at most half of GraphQL’s limit on details, however many repositories there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 100, max: 12_500 }), (repositories, limit) => {
        const rounds = 3_600_000 / detailsMaxAgeMs(repositories, limit)
        return rounds * repositories <= limit / 2 + 1
      })
    )
    expect(detailsMaxAgeMs(2, 5000)).to.be.below(60_000)
  })
})
