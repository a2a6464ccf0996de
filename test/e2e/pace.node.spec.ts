import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { createMesh, type Mesh, memoryStore } from 'ghmesh'
import { createFeed, type Feed } from '../../examples/dashboard/src/github/feed.ts'
import { nextRound, spendable } from '../../examples/dashboard/src/github/pace.ts'
import { pullRequestsOf } from '../../examples/dashboard/src/github/queries.ts'
import { createRounds, type Rounds } from '../../examples/dashboard/src/github/rounds.ts'
import { furnish, repositories } from '../../scripts/dashboard/repositories.mjs'

const minute = 60_000
const hour = 60 * minute

/** A dashboard's requests, by a real mesh without members and without a token, on a clock that the test sets. */
describe('the pace of the dashboard', () => {
  let now: number
  /** How far the clock of the page is ahead of GitHub's. */
  let aheadMs: number
  const localNow = () => now + aheadMs
  let github: GitHub
  let mesh: Mesh
  let feed: Feed
  let rounds: Rounds
  let inView: Set<string>

  beforeEach(async () => {
    now = Date.UTC(2026, 11, 1)
    aheadMs = 0
    inView = new Set()
    github = await startGitHub({ secondaryLimits: false, now: () => now })
    await furnish(github)
    mesh = await createMesh({
      apiUrl: github.url,
      token: async () => undefined,
      store: memoryStore(),
      now: localNow,
      ttlMs: 55_000
    })
    feed = createFeed(mesh, github.url, { now: localNow })
    rounds = createRounds({ mesh, feed, inView: () => inView, now: localNow })
  })
  afterEach(async () => {
    await mesh.stop()
    await github.stop()
  })

  const checks = /check-runs/
  const headOf = (path: string) => /commits\/(\w{40})/.exec(path)?.[1]
  const round = async (names = repositories, isAsked = false) => {
    const report = await rounds.run(names, isAsked)
    if (!report) throw new Error('the round was overtaken')
    return report
  }

  it('two repositories without a token: a whole day within 60 requests an hour, and never refused', async () => {
    const until = now + 24 * hour
    let ended = 0
    while (now < until) {
      const report = await round()
      ended++
      expect(report).to.include({ failed: 0, waiting: 0 })
      expect(report.next.at - now).to.be.within(minute, hour)
      now = report.next.at
    }
    expect(github.calls.filter(({ status }) => status === 403)).to.deep.equal([])
    expect(ended / 24, 'rounds an hour').to.be.above(3)
    for (let at = until - 24 * hour; at < until; at += hour) {
      expect(github.count((call) => call.at >= at && call.at < at + hour)).to.be.within(10, 60)
    }
  })

  it('does not ask again for checks that are finished, except after they were started again', async () => {
    await round()
    const asked = github.calls.filter(({ path }) => checks.test(path))
    expect(asked.length).to.be.above(3)
    const runningAt = new Set<string>()
    for (const { path } of asked) {
      const body = (await (await mesh.peek(`${github.url}${path}?per_page=100`))?.json()) as {
        check_runs: { status: string }[]
      }
      if (body.check_runs.some(({ status }) => status !== 'completed')) runningAt.add(path)
    }
    expect(runningAt.size).to.be.within(1, asked.length - 1)
    github.clearCalls()
    now += minute
    await round()
    expect(new Set(github.calls.map(({ path }) => path).filter((path) => checks.test(path)))).to.deep.equal(runningAt)

    const finished = asked.find(({ path }) => !runningAt.has(path))?.path as string
    const repository = finished.split('/').slice(2, 4).join('/')
    const restarted = { id: 1, name: 'CI', display_title: 'Again', head_sha: headOf(finished), status: 'in_progress' }
    github.setBody(`/repos/${repository}/actions/runs`, {
      total_count: 1,
      workflow_runs: [{ ...restarted, updated_at: new Date(now + minute).toISOString(), conclusion: null }]
    })
    github.clearCalls()
    now += minute
    await round()
    expect(github.count(finished)).to.equal(1)
  })

  it('asks for the checks of rows that can be seen first, then for the newest', async () => {
    github.addRepository({ fullName: 'octo-org/queue', pulls: 12 })
    await feed.ask(pullRequestsOf('octo-org/queue'), () => 'default')
    const pulls = feed.answers().get(pullRequestsOf('octo-org/queue').path)?.data as { head: { sha: string } }[]
    inView = new Set(pulls.slice(-2).map(({ head }) => head.sha))
    now += minute
    // Enough for this request, the four lists, the default branch and two checks; a tenth of 60 stays.
    github.setRemaining(undefined, 1 + 4 + 2 + 2 + 6)
    await mesh.fetch(`${github.url}/repos/octo-org/queue/labels`)
    github.clearCalls()
    const report = await round(['octo-org/queue'])
    const asked = github.calls.map(({ path }) => path).filter((path) => checks.test(path))
    expect(asked.map(headOf).filter(Boolean)).to.have.members([...inView])
    expect(report.waiting).to.be.above(0)
    expect(github.calls.filter(({ status }) => status === 403)).to.deep.equal([])
  })

  /** A round once only a tenth is left: it asks nothing. */
  async function roundAtReserve() {
    await round()
    github.setRemaining(undefined, 6)
    now += minute
    await mesh.fetch(`${github.url}/repos/octo-org/website/labels`)
    github.clearCalls()
    const report = await round()
    expect(github.calls).to.deep.equal([])
    return report
  }

  it('leaves a tenth for the reader, whose own refresh takes it', async () => {
    const report = await roundAtReserve()
    expect(report.next).to.include({ isSlow: true })
    expect(report.waiting).to.be.above(0)
    await round(repositories, true)
    expect(github.units()).to.equal(5)
  })

  for (const [what, hoursAhead] of [
    ['two hours fast', 2],
    ['three hours slow', -3]
  ] as const)
    it(`leaves a tenth, and asks again within the hour, where the clock of the page is ${what}`, async () => {
      aheadMs = hoursAhead * hour
      const report = await roundAtReserve()
      expect(report.next.at - localNow()).to.be.within(minute, hour + minute)
      expect((report.quota?.resetAt ?? 0) - localNow()).to.be.within(minute, hour + minute)
      now += hour + minute
      expect(await round()).to.include({ failed: 0, waiting: 0 })
      expect(github.calls).not.to.deep.equal([])
    })

  it('never plans more than is left, nor a round sooner than in a minute', () => {
    const quota = fc.record({ limit: fc.nat(15_000), remaining: fc.nat(15_000), resetInMs: fc.integer({ max: hour }) })
    fc.assert(
      fc.property(quota, fc.nat(2000), ({ limit, remaining, resetInMs }, cost) => {
        const known = { limit, remaining: Math.min(limit, remaining), resetAt: 1e12 + resetInMs }
        const { at, isSlow } = nextRound(known, cost, 1e12)
        const pauseMs = at - 1e12
        if (pauseMs < minute || isSlow !== pauseMs > minute) return false
        if (resetInMs <= 0 || cost === 0) return pauseMs === minute
        return Math.floor((resetInMs - 1) / pauseMs) * cost <= spendable(known, 1e12)
      })
    )
  })
})
