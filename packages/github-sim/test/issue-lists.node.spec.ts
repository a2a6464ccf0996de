import { expect } from 'chai'
import { filterMilestones } from '../src/filters/milestones.ts'
import type { Issue, Milestone } from '../src/model.ts'
import { alice, bob, hello, withGitHub } from './helpers.ts'

const query = (text: string) => new URLSearchParams(text)

describe('lists of issues', () => {
  const sim = withGitHub()
  const numbers = async (search: string) =>
    (await sim.json(`${hello}/issues?per_page=100&${search}`)).map(({ number }: { number: number }) => number)

  it('know who is assigned, who made an issue and who is mentioned', async () => {
    const all = await numbers('state=all')
    const [none, any] = [await numbers('state=all&assignee=none'), await numbers('state=all&assignee=*')]
    expect(none.length * any.length).to.be.greaterThan(0)
    expect([...none, ...any].sort()).to.deep.equal(all.sort())
    const repository = sim.github.repository('octocat/Hello-World')
    const mentioned = repository.addIssue({ body: 'For @alice.', user: 'bob' })
    const inComment = repository.addIssue({ body: 'alice@example.com, @alice-b and @@alice are somebody else' })
    expect(await numbers('mentioned=alice')).to.deep.equal([mentioned])
    repository.addComment(inComment, { body: '(@Alice)' })
    expect(await numbers('mentioned=alice')).to.deep.equal([inComment, mentioned])
    expect(await numbers('mentioned=alice&creator=BOB')).to.deep.equal([mentioned])
  })

  it('know milestones, and refuse unknown ones', async () => {
    const all = await numbers('state=all')
    const [none, any] = [await numbers('state=all&milestone=none'), await numbers('state=all&milestone=*')]
    expect(none.length * any.length).to.be.greaterThan(0)
    expect([...none, ...any].sort()).to.deep.equal(all.sort())
    expect(await numbers('state=all&milestone=1')).to.deep.equal(any)
    const refused = await sim.get(`${hello}/issues?milestone=99`)
    expect(refused.status).to.equal(422)
    expect(await refused.json()).to.deep.include({
      message: 'Validation Failed',
      errors: [{ value: '99', resource: 'Issue', field: 'milestone', code: 'invalid' }]
    })
  })

  it('refuse an unknown state', async () => {
    for (const [list, resource] of [
      ['issues', 'Issue'],
      ['pulls', 'PullRequest']
    ]) {
      const refused = await sim.get(`${hello}/${list}?state=merged`)
      expect(refused.status).to.equal(422)
      const errors = [{ value: 'merged', resource, field: 'state', code: 'invalid' }]
      expect(await refused.json()).to.deep.include({ errors })
    }
  })

  it('know since, in whatever zone it is written', async () => {
    const newest = (await sim.json(`${hello}/issues?sort=updated`))[0]
    const ms = Date.parse(newest.updated_at)
    const inZone = `${new Date(ms + 2 * 3_600_000).toISOString().slice(0, 19)}+02:00`
    expect(await numbers(`since=${encodeURIComponent(inZone)}`)).to.include(newest.number)
    expect(await numbers(`since=${new Date(ms + 1000).toISOString()}`)).to.deep.equal([])
  })

  it('of pull requests know head, base and popularity, and nothing of labels', async () => {
    const listed = async (search: string) =>
      (await sim.json(`${hello}/pulls?${search}`)).map(({ number }: { number: number }) => number)
    const repository = sim.github.repository('octocat/Hello-World')
    const number = repository.addPull({ headRef: 'topic/one' })
    expect(await listed('head=octocat:topic/one')).to.deep.equal([number])
    expect(await listed('head=octocat:topic')).to.deep.equal([])
    expect(await listed('head=bob:topic/one')).to.deep.equal([])
    const all = await listed('')
    expect(await listed('head=topic/one')).to.deep.equal(all)
    expect(await listed('base=main')).to.deep.equal(all)
    expect(await listed('base=next')).to.deep.equal([])
    expect(await listed('labels=nothing')).to.deep.equal(all)
    for (let n = 0; n < 5; n++) repository.addComment(number)
    expect((await listed('sort=popularity')).at(-1)).to.equal(number)
    expect((await listed('sort=popularity&direction=desc'))[0]).to.equal(number)
  })

  it('of pull requests begin with the oldest when sorted, if not said otherwise', async () => {
    const times = async (search: string): Promise<string[]> =>
      (await sim.json(`${hello}/pulls?state=all&${search}`)).map((pull: { updated_at: string }) => pull.updated_at)
    const descending = await times('sort=updated&direction=desc')
    expect(descending.length).to.be.greaterThan(1)
    expect(await times('sort=updated')).to.deep.equal(descending.toReversed())
    expect(await times('sort=created')).to.deep.equal(await times(''))
  })

  it('of long-running pull requests have those that are old and still looked at', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    const repository = sim.github.repository('octocat/Hello-World')
    const old = repository.addPull({ createdAt: daysAgo(40), updatedAt: daysAgo(5) })
    repository.addPull({ createdAt: daysAgo(40), updatedAt: daysAgo(35) })
    repository.addPull({ createdAt: daysAgo(10) })
    const found = await sim.json(`${hello}/pulls?sort=long-running`)
    expect(found.map(({ number }: { number: number }) => number)).to.deep.equal([old])
  })
})

describe('lists of comments', () => {
  const sim = withGitHub()
  const ids = async (search: string) =>
    (await sim.json(`${hello}/issues/comments?per_page=100&${search}`)).map(({ id }: { id: number }) => id)

  it('are by id, know since, and sort only when asked to', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    const all = await ids('')
    expect(all).to.deep.equal(all.toSorted((a: number, b: number) => a - b))
    expect(await ids('direction=desc')).to.deep.equal(all)
    expect(await ids('since=2026-06-01T00:00:00Z')).to.deep.equal([])
    const newest = repository.addComment(1)
    expect(await ids('since=2026-06-01T00:00:00Z')).to.deep.equal([newest])
    expect((await ids('sort=created&direction=desc'))[0]).to.equal(newest)
    expect((await ids('sort=created')).at(-1)).to.equal(newest)
    repository.editComment(all[0], 'Edited')
    expect((await ids('since=2026-06-01T00:00:00Z')).length).to.equal(2)
    expect((await ids('sort=updated')).slice(-2).sort()).to.deep.equal([all[0], newest].sort())
  })
})

describe('lists of milestones', () => {
  const sim = withGitHub()

  it('show open ones, if not said otherwise', async () => {
    expect(await sim.json(`${hello}/milestones`, alice)).to.have.length(1)
    expect(await sim.json(`${hello}/milestones?state=closed`, bob)).to.deep.equal([])
  })

  it('are by due date or by what is done', () => {
    const milestone = (number: number, state: string, dueOn: string | null) => ({ number, state, dueOn }) as Milestone
    const issue = (of: number, state: string) => ({ milestone: of, state }) as Issue
    const all = [
      milestone(1, 'open', null),
      milestone(2, 'open', '2026-03-01T00:00:00Z'),
      milestone(3, 'closed', '2026-02-01T00:00:00Z')
    ]
    const issues = [issue(1, 'closed'), issue(1, 'open'), issue(2, 'open'), issue(3, 'closed')]
    const found = (search: string) => filterMilestones(all, issues, query(search)).map(({ number }) => number)
    expect(found('')).to.deep.equal([2, 1])
    expect(found('state=all')).to.deep.equal([3, 2, 1])
    expect(found('state=all&direction=desc')).to.deep.equal([1, 2, 3])
    expect(found('state=all&sort=completeness')).to.deep.equal([2, 1, 3])
  })
})
