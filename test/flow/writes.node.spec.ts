import { expect } from 'chai'
import {
  bob,
  counter,
  heard,
  hour,
  type Member,
  minute,
  next,
  repo,
  scene,
  second,
  shared,
  status,
  until
} from './members.ts'

const issues = `${repo}/issues`
const post = (body: object, method = 'POST') => ({ method, body: JSON.stringify(body) })

describe('writes and purges', () => {
  const s = scene()
  const limits = { recheckMs: [] }
  const hello = () => s.github.repository('octocat/Hello-World')

  /** Writes, and waits until another member has heard of it: a message sent later may come earlier. */
  async function shown<T>(to: Member, write: () => Promise<T>): Promise<T> {
    const purged = next(to, 'purged')
    const answer = await write()
    await purged
    return answer
  }

  /** Both hold these, and the clock has moved on a little. */
  async function held(a: Member, b: Member, ...paths: string[]) {
    for (const path of paths) await shared(a, b, path)
    s.now += second
  }

  it('POST makes the list and its pages stale, here and at the other member', async () => {
    const [a, b] = await s.two({ limits })
    await held(a, b, issues, `${issues}?per_page=5&state=all`, `${repo}/languages`)
    await shown(b, () => a.ask(issues, post({ title: 'New' })))
    s.now += second
    for (const member of [a, b]) {
      for (const query of ['', '?state=all&per_page=5']) {
        expect((await member.json(issues + query))[0].title, query).to.equal('New')
      }
      expect(status(await member.ask(`${repo}/languages`))).to.match(/^ghmesh; hit/)
    }
  })

  it('a list that grew by a write has another last page, though its first one stays the same', async () => {
    const a = await s.member()
    const comments = `${repo}/issues/1/comments`
    const last = async () =>
      /[?&]page=(\d+)>; rel="last"/.exec((await a.ask(`${comments}?per_page=1`)).headers.get('link') ?? '')?.[1]
    for (let n = 0; n < 3; n++) await a.ask(comments, post({ body: `comment ${n}` }))
    const before = Number(await last())
    await a.ask(comments, post({ body: 'one more' }))
    expect(Number(await last())).to.equal(before + 1)
  })

  it('a write to an issue shows in every list of its repository that has it', async () => {
    const [a, b] = await s.two({ limits })
    const lists = [`${issues}/comments`, `${repo}/milestones`, `${repo}/labels`]
    await held(a, b, ...lists)
    await shown(b, () => a.ask(`${issues}/1/comments`, post({ body: 'first' })))
    s.now += second
    for (const path of lists) expect(status(await b.ask(path)), path).to.include('fwd=stale')
  })

  // README: "The group is told what is in public repositories."
  it('members hear of a write in one message: all that it changed is stale at once', async () => {
    const [a, b] = await s.two({ limits })
    const places = [`${issues}/1`, issues, `${repo}/labels`, `${repo}/pulls`]
    await held(a, b, ...places, `${repo}/languages`)
    // Asked for as soon as any of it is heard.
    const asked = next(b, 'purged').then(() => Promise.all(places.map((path) => b.ask(path))))
    await a.ask(`${issues}/1`, post({ title: 'New' }, 'PATCH'))
    for (const [i, answer] of (await asked).entries()) expect(status(answer), places[i]).to.include('fwd=stale')
    expect(status(await b.ask(`${repo}/languages`))).to.match(/^ghmesh; hit/)
  })

  it('a write through the old name of a renamed repository shows under its new name and its id', async () => {
    const a = await s.member({ limits })
    hello().rename('Renamed')
    const [renamed, byId] = ['/repos/octocat/Renamed', `/repositories/${(await a.json('/repos/octocat/Renamed')).id}`]
    const places = [renamed, byId].map((place) => `${place}/issues/1`)
    for (const place of places) await a.ask(place)
    s.now += second
    await a.ask(`${issues}/1`, post({ title: 'By its old name' }, 'PATCH'))
    for (const place of places) expect((await a.json(place)).title, place).to.equal('By its old name')
  })

  it('PATCH makes the issue, the list and the pull request of the same number stale', async () => {
    const [a, b] = await s.two({ limits })
    const { number } = (await a.json(`${repo}/pulls`))[0]
    const paths = [`${issues}/${number}`, `${repo}/pulls/${number}`, `${repo}/pulls`, issues]
    await held(a, b, ...paths.filter((path) => path !== `${repo}/pulls`))
    await shown(b, () => a.ask(`${issues}/${number}`, post({ title: 'Renamed' }, 'PATCH')))
    s.now += second
    for (const member of [a, b]) {
      for (const path of paths) expect(await (await member.ask(path)).text(), path).to.match(/"Renamed"/)
    }
  })

  it('a comment made, edited and deleted shows in the list of comments', async () => {
    const [a, b] = await s.two({ limits })
    const list = `${issues}/1/comments`
    await held(a, b, list, `${issues}/1`, issues)
    const bodies = async (member: Member) => (await member.json(list)).map(({ body }: { body: string }) => body)
    const changed = async (expected: string | undefined, what: string) => {
      s.now += second
      for (const member of [b, a]) expect((await bodies(member)).at(-1), what).to.equal(expected)
      s.now += second
    }
    const before = (await bodies(a)).at(-1)
    const { id } = await shown(b, () => a.json(list, post({ body: 'first' })))
    await changed('first', 'made')
    await shown(b, () => a.ask(`${issues}/comments/${id}`, post({ body: 'second' }, 'PATCH')))
    await changed('second', 'edited')
    await shown(b, () => a.ask(`${issues}/comments/${id}`, { method: 'DELETE' }))
    await changed(before, 'deleted')
  })

  it('a write that GitHub refuses changes nothing', async () => {
    const a = await s.member({ limits })
    await a.ask(issues)
    const purged = counter(a, 'purged')
    s.now += second
    expect((await a.ask(issues, post({}))).status).to.equal(422)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    expect(purged.count).to.equal(0)
  })

  it('an answer that was on its way during a write is neither shared nor fresh', async () => {
    const [a, b] = await s.two({ limits })
    await shared(a, b, `${repo}/labels`)
    // By URL: what was shared before may be told here later than it is received there.
    const announced: string[] = []
    a.mesh.addEventListener('announced', ({ detail }) => announced.push(detail.url))
    const hold = s.github.hold((call) => call.method === 'GET' && call.path === issues, { phase: 'response' })
    const old = a.ask(issues)
    await hold.arrived
    s.now += second
    await a.ask(issues, post({ title: 'New' }))
    s.now += second
    hold.release()
    expect((await (await old).json())[0].title).not.to.equal('New')
    await heard(a, b)
    expect(announced.filter((url) => url.endsWith('/issues'))).to.deep.equal([])
    expect((await a.json(issues))[0].title).to.equal('New')
    expect((await b.json(issues))[0].title).to.equal('New')
  })

  // GitHub's servers learn of a write one by one, so the first answer after it may be from before it.
  it('what is read after a write is asked again, twice; what nobody reads is not', async () => {
    const [a, b] = await s.two({ limits: { recheckMs: [300, 600] } })
    await held(a, b, issues, `${repo}/labels`)
    const calls = (name: string) =>
      s.github.count((call) => call.method === 'GET' && call.path.toLowerCase().endsWith(`hello-world/${name}`))
    const before = calls('labels')
    await a.ask(issues, post({ title: 'New' }))
    s.now += second
    await a.json(issues)
    const read = calls('issues')
    await until(() => calls('issues') === read + 2)
    await until(async () => (await (await b.peek(issues))?.text())?.includes('"New"'))
    expect(calls('labels')).to.equal(before)
    expect(a.mesh.stats().requests).to.equal(3)
  })

  // README: "There are also small named values"
  it('purge of a URL makes it stale with any query, at both members, and tells how many', async () => {
    const [a, b] = await s.two()
    await held(a, b, issues, `${issues}?page=2`, `${issues}/1`)
    hello().addIssue({ title: 'New' })
    const purged = next(b, 'purged')
    expect(await a.mesh.purge(s.github.url + issues)).to.equal(2)
    expect(await purged).to.include({ peerId: a.mesh.peerId })
    s.now += second
    expect((await b.json(issues))[0].title).to.equal('New')
    expect(status(await a.ask(`${issues}?page=2`))).not.to.equal('ghmesh; hit')
    expect(status(await a.ask(`${issues}/1`))).to.equal('ghmesh; hit')
  })

  it('purge by a member whose clock is slow, and that has asked GitHub nothing yet, counts at the other one', async () => {
    const slow = await s.member({ now: () => s.now - 40 * second })
    const b = await s.member({ token: bob })
    await s.connect(slow, b)
    await b.ask(issues)
    // What b says of itself from then on shows what the time is.
    await until(() =>
      Object.values(slow.mesh.stats({ group: true }).members).some(({ apiCallsMade }) => apiCallsMade > 0)
    )
    s.now += second
    const purged = next(b, 'purged')
    await slow.mesh.purge('octocat/Hello-World')
    await purged
    s.now += second
    const before = s.github.count(issues)
    await b.ask(issues)
    expect(s.github.count(issues)).to.equal(before + 1)
  })

  it('a write counts for an answer that is on its way to a member whose clock is slow', async () => {
    // It says what the time is later than what it has written.
    const a = await s.member({ limits: { touchBatchMs: minute } })
    const slow = await s.member({ token: bob, now: () => s.now - 8 * second })
    await s.connect(a, slow)
    const hold = s.github.hold(({ url, method }) => url === `${issues}/1` && method === 'GET', { phase: 'response' })
    const asking = slow.ask(`${issues}/1`)
    await hold.arrived
    s.now += 3 * second
    const purged = next(slow, 'purged')
    await a.ask(`${issues}/1`, post({ title: 'new' }, 'PATCH'))
    await purged
    hold.release()
    await asking
    expect((await slow.json(`${issues}/1`)).title).to.equal('new')
  })

  it('purge of a repository makes all of it stale, and nothing else', async () => {
    const [a, b] = await s.two()
    await held(a, b, issues, `${repo}/labels`, '/licenses')
    const purged = next(b, 'purged')
    // The repository itself was kept as well, when its visibility was looked up.
    expect(await a.mesh.purge('Octocat/hello-world')).to.equal(3)
    expect((await purged).target.toLowerCase()).to.equal('octocat/hello-world')
    s.now += second
    for (const member of [a, b]) {
      expect(status(await member.ask('/licenses'))).to.match(/^ghmesh; hit/)
      for (const path of [issues, `${repo}/labels`]) expect((await member.peek(path))?.status, 'kept').to.equal(200)
    }
    expect(status(await b.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
    expect(status(await a.ask(`${repo}/labels`))).to.match(/fwd=stale; fwd-status=304/)
  })

  for (const [what, purge] of [
    ['a purge', (a: Member) => a.mesh.purge(s.github.url + issues)],
    ['a purge of a repository', (a: Member) => a.mesh.purge('octocat/Hello-World')],
    ['a write', (a: Member) => a.ask(issues, post({ title: 'New' }))]
  ] as const) {
    it(`${what} from while two members were out of touch counts at the other one, too, once they meet again`, async () => {
      const [a, b] = await s.two({ limits, ttlMs: hour })
      await held(a, b, issues)
      const parted = next(b, 'peer:disconnect')
      await a.transport.disconnect(b.transport.peerId)
      await parted
      if (what !== 'a write') hello().addIssue({ title: 'New' })
      await purge(a)
      expect(status(await b.ask(issues)), 'nobody has told it').to.match(/^ghmesh; hit/)
      const purged = next(b, 'purged')
      await s.connect(a, b)
      expect(await purged).to.include({ peerId: a.mesh.peerId })
      await until(async () => (await b.json(issues))[0].title === 'New')
    })
  }

  it('a newcomer hears of the thousand newest purges', async () => {
    const [a, b] = [await s.member(), await s.member()]
    for (let n = 0; n <= 1000; n++) {
      s.now += second
      await a.mesh.purge(`octocat/repository-${n}`)
    }
    const targets: string[] = []
    b.mesh.addEventListener('purged', ({ detail }) => targets.push(detail.target))
    await s.connect(a, b)
    await heard(a, b)
    await until(() => targets.includes('octocat/repository-1'))
    expect(targets.length).to.equal(1000)
  })

  it('purge counts each time, and refuses what is neither', async () => {
    const a = await s.member()
    await a.ask('/users/octocat')
    for (let n = 0; n < 2; n++) expect(await a.mesh.purge(`${s.github.url}/users/octocat`)).to.equal(1)
    for (const target of ['', 'octocat', 'https://example.com/repos/a/b', 'a/b/c']) {
      const error = await a.mesh.purge(target).catch((reason) => reason)
      expect(error, target).to.include({ name: 'MeshError', code: 'ERR_INVALID_OPTION' })
    }
  })
})
