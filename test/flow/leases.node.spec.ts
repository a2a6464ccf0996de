import { expect } from 'chai'
import type { MeshOptions, Transport } from 'ghmesh'
import { abortable } from '../../packages/core/src/abort.ts'
import { alice, as, bob, dated, type Member, minute, repo, scene, second, status, until } from './members.ts'

const issues = `${repo}/issues`
const readme = `${repo}/readme`

/** Calls of GitHub through here: the first of a path is kept until the test lets it go. */
function gate(path: string) {
  let calls = 0
  const arrived = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const gated: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.endsWith(path) || ++calls > 1) return fetch(input, init)
    arrived.resolve()
    await abortable(open.promise, init?.signal ?? (input instanceof Request ? input.signal : undefined))
    return fetch(input, init)
  }
  return { fetch: gated, arrived: arrived.promise, open: () => open.resolve() }
}

describe('leases', () => {
  const s = scene()
  const calls = (path: string) => s.github.calls.filter((call) => call.path.endsWith(path))

  /** So many members, all connected to each other, who know of each other that they grant leases. */
  async function fleet(size: number, options: MeshOptions = {}): Promise<Member[]> {
    const members: Member[] = []
    for (let i = 0; i < size; i++) {
      const member = await s.member({ token: i % 2 ? bob : alice, ...options })
      for (const other of members) await s.connect(other, member)
      members.push(member)
    }
    await knowEachOther(members)
    return members
  }
  const knowEachOther = (members: Member[]) =>
    until(
      () => members.every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === members.length),
      'everybody has heard of everybody'
    )
  const askAll = (members: Member[], path: string) => Promise.all(members.map(({ ask }) => ask(path)))

  for (const size of [2, 10, 50]) {
    // README: "One call for all"
    // README: "Members that need the same"
    it(`${size} members that ask for one cold key at once cost one call, and all are answered; so when it is stale`, async function () {
      this.timeout(120_000)
      const members = await fleet(size)
      const answers = await askAll(members, issues)
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]))
      expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).to.equal(1)
      expect(calls('/issues').map(({ status }) => status)).to.deep.equal([200])
      s.now += 61 * second
      for (const answer of await askAll(members, issues)) expect(answer.status).to.equal(200)
      expect(calls('/issues').map(({ status }) => status)).to.deep.equal([200, 304])
    })
  }

  it('a large body, which gossip does not carry, is called for once too', async () => {
    const members = await fleet(6)
    s.github.setBody(readme, { content: [...crypto.getRandomValues(new Uint8Array(60_000))] })
    for (const answer of await askAll(members, readme)) expect(await answer.json()).to.have.property('content')
    expect(calls('/readme')).to.have.length(1)
  })

  it('a repository that two kinds of members see differently is paid once for each kind, also by members that ask at once', async () => {
    const members = await fleet(8)
    const names = ['octocat/one', 'octocat/two', 'octocat/three']
    for (const fullName of names) {
      s.github.addRepository({ fullName })
      s.github.setRole(bob, fullName, 'admin')
    }
    const units = async (fullName: string) => {
      const before = s.github.units()
      const bodies = await Promise.all(
        members.map(async ({ json }) => (await json(`/repos/${fullName}`)).permissions.admin)
      )
      expect(bodies).to.deep.equal(members.map((_, i) => i % 2 === 1))
      return s.github.units() - before
    }
    // Of the first one nobody can tell which kind it is.
    await units('octocat/one')
    expect(await units('octocat/two')).to.equal(2)
    s.now += 61 * second
    expect(await units('octocat/two')).to.equal(0)
    s.now += 61 * second
    s.github.repository('octocat/two').update({ description: 'changed' })
    expect(await units('octocat/two')).to.equal(2)
    expect(await units('octocat/three')).to.equal(2)
  })

  it('who comes later pays nothing for a body that only members of its kind see, however often others have seen theirs since', async () => {
    const [a, b] = (await fleet(2)) as [Member, Member]
    s.github.addToken('sim-token-carol', { login: 'carol' })
    const names = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `octocat/${name}`)
    for (const fullName of names) {
      s.github.addRepository({ fullName })
      for (const token of [bob, 'sim-token-carol']) s.github.setRole(token, fullName, 'admin')
    }
    for (const fullName of names) {
      await b.ask(`/repos/${fullName}`)
      s.now += second
      await a.ask(`/repos/${fullName}`)
    }
    const c = await s.member({ token: 'sim-token-carol' })
    for (const other of [a, b]) await s.connect(other, c)
    await knowEachOther([a, b, c])
    // The first shows of which kind it is.
    await c.ask(`/repos/${names[0]}`)
    const before = s.github.units()
    for (const fullName of names.slice(1))
      expect((await c.json(`/repos/${fullName}`)).permissions.admin, fullName).to.equal(true)
    expect(s.github.units() - before).to.equal(0)
  })

  it('a holder that is cut off delays nobody: exactly one goes on', async () => {
    const first = gate(issues)
    const members = await fleet(6, { fetch: first.fetch })
    const holder = members[0] as Member
    const giveUp = new AbortController()
    const lost = holder.ask(issues, { signal: giveUp.signal }).catch(() => 'lost')
    await first.arrived
    const others = members.slice(1)
    const asked = askAll(others, issues)
    await Promise.all(others.map(({ mesh }) => holder.transport.disconnect(mesh.peerId as string)))
    for (const answer of await asked) expect(answer.status).to.equal(200)
    expect(calls('/issues')).to.have.length(1)
    giveUp.abort()
    await lost
  })

  // README: "If that member is silent"
  it('a holder that hangs is overtaken by exactly one, and that serves all', async () => {
    const first = gate(issues)
    const members = await fleet(6, { fetch: first.fetch, limits: { leaseMs: 1000 } })
    const giveUp = new AbortController()
    const stuck = (members[0] as Member).ask(issues, { signal: giveUp.signal }).catch(() => 'stuck')
    await first.arrived
    for (const answer of await askAll(members.slice(1), issues)) expect(answer.status).to.equal(200)
    expect(calls('/issues')).to.have.length(1)
    giveUp.abort()
    await stuck
  })

  it('a slow holder that comes back serves all, although another one has overtaken it', async () => {
    const first = gate(issues)
    const members = await fleet(4, { fetch: first.fetch, limits: { leaseMs: 1000 } })
    const slow = (members[0] as Member).ask(issues)
    await first.arrived
    const hold = s.github.hold(issues)
    const asked = askAll(members.slice(1), issues)
    await hold.arrived // the second holder's
    hold.release()
    for (const answer of await asked) expect(answer.status).to.equal(200)
    first.open()
    expect((await slow).status).to.equal(200)
    expect(calls('/issues')).to.have.length(2)
  })

  for (const [what, body] of [
    ['a 404', undefined],
    ['an answer that is too large', { text: 'x'.repeat(20_000) }]
  ] as const) {
    it(`${what} frees all at once, and nobody queues for that key again`, async () => {
      const path = `${repo}/contents/new.json`
      if (body) s.github.setBody(path, body)
      const members = await fleet(5, body ? { limits: { entryBytes: 10_000 } } : {})
      for (let round = 1; round <= 2; round++) {
        const first = s.github.hold(path)
        const asked = askAll(members, path)
        if (round === 1) {
          await first.arrived
          const all = s.github.hold(path)
          first.release()
          await until(() => all.waiting === members.length - 1, 'all others call at the same time')
          all.release()
        } else {
          s.now += 11 * second // the 404 is forgotten
          await until(() => first.waiting === members.length, 'nobody waits for anybody')
          first.release()
        }
        for (const answer of await asked) expect(answer.status).to.equal(body ? 200 : 404)
      }
    })
  }

  // README: "Nobody gets another member's error,"
  it('an error is never handed to another token: one more tries, and its answer serves all', async () => {
    const members = await fleet(5)
    s.github.respondOnce(issues, dated(s, 'no', { status: 502 }))
    const codes = (await askAll(members, issues)).map((answer) => answer.status).sort()
    expect(codes).to.deep.equal([200, 200, 200, 200, 502])
    expect(calls('/issues')).to.have.length(2)
  })

  it('nor is a rate limit', async () => {
    const first = gate(issues)
    const none = async () => undefined
    const [a, b, c] = (await fleet(3, { token: none, fetch: first.fetch })) as [Member, Member, Member]
    s.github.limit(alice)
    const limited = a.ask(issues, as(alice))
    await first.arrived
    const others = [b.ask(issues, as(bob)), c.ask(issues, as(bob))]
    first.open()
    const answers = await Promise.all([limited, ...others])
    expect(answers.map((answer) => answer.status)).to.deep.equal([403, 200, 200])
  })

  it('nobody waits where a stale copy may be served', async () => {
    const [a, b] = (await fleet(2)) as [Member, Member]
    const path = `${issues}/1`
    await askAll([a, b], path)
    s.github.limit(bob)
    expect((await b.ask(`${repo}/labels`)).status).to.equal(403) // that is how it learns of it
    s.now += 61 * second
    const hold = s.github.hold(path)
    const asked = a.ask(path)
    await hold.arrived
    expect(status(await b.ask(path))).to.match(/detail=stale-rate-limit/)
    hold.release()
    await asked
  })

  it("a purge during the call makes its answer nobody's: somebody asks again, and all see what is new", async () => {
    const members = await fleet(4)
    const [a] = members as [Member]
    const hold = s.github.hold(`${issues}/1`, { phase: 'response' })
    const asked = askAll(members, `${issues}/1`)
    await hold.arrived
    s.now += second
    s.github.repository('octocat/Hello-World').editIssue(1, { title: 'new' })
    await a.mesh.purge('octocat/Hello-World')
    hold.release()
    await asked
    const titles = await Promise.all(members.map(async ({ json }) => (await json(`${issues}/1`)).title))
    expect(new Set(titles)).to.deep.equal(new Set(['new']))
  })

  it('without members nothing is asked of anybody, and nothing waits', async () => {
    const asked: string[] = []
    const a = await s.member()
    const { request } = a.transport
    a.transport.request = (peerId, ...rest) => {
      asked.push(peerId)
      return request.call(a.transport, peerId, ...rest)
    }
    expect((await a.ask(issues)).status).to.equal(200)
    expect(asked).to.deep.equal([])
  })

  it('what a member asked for while it was alone makes nobody queue, and frees nobody, once it has company', async () => {
    const [a, b, c] = [await s.member(), await s.member({ token: bob }), await s.member({ token: bob })] as const
    // Each member is the home of some.
    const paths = Array.from({ length: 12 }, (_, n) => `${issues}?per_page=${n + 1}`)
    await Promise.all(paths.map((path) => a.ask(path)))
    s.now += minute + second
    for (const other of [b, c]) await s.connect(a, other)
    await s.connect(b, c)
    await knowEachOther([a, b, c])
    s.github.clearCalls()
    for (const path of paths) for (const answer of await askAll([a, b, c], path)) expect(answer.status).to.equal(200)
    expect(s.github.count(/per_page/)).to.equal(paths.length)
  })

  it('homes that do not answer are waited for within the budget, and a home that has gone is not', async () => {
    const members = await fleet(4, { limits: { membersBudgetMs: 100, leaseHedgeMs: 20, leaseMs: 100 } })
    const silent: Transport['request'] = async function* (_peerId, _bytes, { signal } = {}) {
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    }
    for (const { transport } of members) transport.request = silent
    for (const answer of await askAll(members, issues)) expect(answer.status).to.equal(200)
    expect(calls('/issues').length).to.be.within(1, 4)
  })

  it('what only one viewer gets waits for nobody', async () => {
    const members = await fleet(3)
    const hold = s.github.hold('/user')
    const asked = askAll(members, '/user')
    await until(() => hold.waiting === 3, 'all call at once')
    hold.release()
    expect((await asked).every((answer) => answer.status === 200)).to.equal(true)
  })

  it('a fleet that polls some resources each minute makes one conditional request a minute for each, spread over its members', async () => {
    const members = await fleet(6)
    const paths = Array.from({ length: 10 }, (_, n) => `${issues}?per_page=${n + 1}`)
    const poll = () => Promise.all(members.flatMap(({ ask }) => paths.map((path) => ask(path))))
    await poll()
    s.github.clearCalls()
    for (let round = 0; round < 5; round++) {
      s.now += minute + second
      for (const answer of await poll()) expect(answer.status).to.equal(200)
    }
    const polled = s.github.calls.filter(({ url }) => url.includes('per_page'))
    expect(polled.map(({ status }) => status)).to.deep.equal(Array(50).fill(304))
  })
})
