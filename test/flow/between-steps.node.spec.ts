import { expect } from 'chai'
import { memoryHub, memoryStore, memoryTransport, type Store } from 'ghmesh'
import { longToken } from '../token-scan/tokens.ts'
import { as, bob, dated, heard, next, repo, scene, second, secretRepo, shared, status, until } from './members.ts'

const issues = `${repo}/issues`
const labels = `${repo}/labels`
const carol = 'sim-token-carol' // whom GitHub does not know: what she gets, she has from members
const lookUp = /hello-world$/i
const cached = { cache: 'only-if-cached' } as const

/** A store whose calls of one kind wait, once told to: their results are as of when they were made. */
function heldStore(kind: 'get' | 'touch') {
  const inner = memoryStore()
  let gate: PromiseWithResolvers<void> | undefined
  let left = 0
  const self = {
    waiting: 0,
    hold(times = Number.POSITIVE_INFINITY) {
      gate = Promise.withResolvers<void>()
      left = times
    },
    release: () => gate?.resolve(),
    store: {
      ...inner,
      async [kind](...args: Parameters<Store['touch']>) {
        const result = await (inner[kind] as Store['touch'])(...args)
        if (gate && left-- > 0) {
          self.waiting++
          await gate.promise
        }
        return result
      }
    } as Store
  }
  return self
}

describe('between two steps', () => {
  const s = scene()
  const turnPrivate = () => s.github.repository('octocat/Hello-World').setVisibility('private')
  const got = (answer: Response) => `${answer.status} ${status(answer)}`

  describe('of a repository that has just turned private', () => {
    it('a member does not get what is looked up, though it waits longer than this one would', async () => {
      const a = await s.member({ limits: { membersBudgetMs: 100 } })
      const b = await s.member({ token: bob })
      await s.connect(a, b)
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      const looked = s.github.hold(lookUp)
      await a.ask(issues)
      await looked.arrived
      await b.mesh.clear()
      const answer = await b.ask(issues, cached)
      looked.release()
      expect(got(answer)).to.match(/^504/)
    })

    it('a member does not get what is renewed while that is written to the store', async () => {
      const disk = heldStore('touch')
      const a = await s.member({ store: disk.store })
      const b = await s.member({ token: bob })
      await s.connect(a, b)
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      disk.hold()
      const asked = a.ask(issues)
      await until(() => disk.waiting > 0)
      await b.mesh.clear()
      const answer = await b.ask(issues, cached)
      disk.release()
      await asked
      expect(answer.headers.get('date'), got(answer)).not.to.equal(new Date(s.now).toUTCString())
    })

    it('a member does not get what was renewed where GitHub cannot say whether it is public', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      s.github.respond(lookUp, dated(s, '{}', { status: 502 }))
      await a.ask(issues)
      await until(() => s.github.calls.some(({ status }) => status === 502))
      await b.mesh.clear()
      expect(got(await b.ask(issues, cached))).to.match(/^504/)
    })

    it('what waits to be announced is not announced', async () => {
      const [a, b] = await s.two({ limits: { messagesPerSecond: 20, messagesBurst: 3 } })
      const received: string[] = []
      b.mesh.addEventListener('received', ({ detail }) => void received.push(detail.url))
      s.github.repository('octocat/Hello-World').setIssues(12)
      await a.ask(repo)
      for (let n = 1; n <= 12; n++) await a.ask(`${issues}/${n}`)
      turnPrivate()
      await a.ask(repo, { cache: 'no-cache' })
      await b.mesh.get('what is under way has come')
      const before = received.length
      const clock = setInterval(() => {
        s.now += second
      }, 50)
      await heard(a, b)
      clearInterval(clock)
      expect(received.slice(before).filter((url) => url.includes('/repos/'))).to.deep.equal([])
    })

    it('a look-up that was sent before a token was refused does not count', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      s.now += 61 * second
      const looked = s.github.hold(lookUp, { phase: 'response' })
      await a.ask(issues)
      await looked.arrived
      turnPrivate()
      s.now += second
      expect((await a.ask(issues, { ...as(bob), cache: 'no-cache' })).status).to.equal(404)
      looked.release()
      await b.mesh.clear()
      await heard(a, b)
      expect(got(await b.ask(issues, cached))).not.to.match(/^200/)
    })

    /** Bob, who holds what alice has told and is refused it, and a member that knows only him. */
    async function refused(before: () => void) {
      const a = await s.member()
      const b = await s.member({ token: bob })
      await s.connect(a, b)
      for (const path of [issues, labels]) await shared(a, b, path)
      await a.mesh.stop()
      const c = await s.member({ token: carol })
      await s.connect(b, c)
      await until(() => c.peek(labels))
      await c.mesh.clear()
      turnPrivate()
      s.now += 31 * second
      before()
      expect((await b.ask(issues, { cache: 'no-cache' })).status).to.equal(404)
      return { b, c }
    }

    for (const who of ['members', 'other tokens'])
      it(`while a member whose token was refused looks it up, ${who} get nothing of it`, async () => {
        let looked: ReturnType<typeof s.github.hold> | undefined
        const { b, c } = await refused(() => {
          looked = s.github.hold(lookUp)
        })
        await looked?.arrived
        const asked = who === 'members' ? c.ask(labels, cached) : b.ask(labels, as(carol))
        await Promise.race([asked, heard(b, c)])
        looked?.release()
        expect(got(await asked)).not.to.match(/^200/)
      })

    it('members get nothing of it where a token was refused and GitHub cannot say', async () => {
      const { b, c } = await refused(() => s.github.respond(lookUp, dated(s, '{}', { status: 502 })))
      await until(() => s.github.calls.some(({ status }) => status === 502))
      await heard(b, c)
      expect(got(await c.ask(labels, cached))).not.to.match(/^200/)
    })

    it('what is hidden stays hidden though it is read from the store in that moment', async () => {
      const disk = heldStore('get')
      const a = await s.member({ secret: undefined, store: disk.store })
      for (const path of [repo, issues]) await a.ask(path)
      s.now += 61 * second
      turnPrivate()
      disk.hold(1)
      const own = a.ask(issues)
      await until(() => disk.waiting === 1)
      expect((await a.ask(issues, { ...as(bob), cache: 'no-cache' })).status).to.equal(404)
      await until(async () => (await a.peek(issues, as(carol))) === undefined)
      disk.release()
      expect((await own).status).to.equal(200)
      expect(got(await a.ask(issues, as(carol)))).not.to.match(/^200/)
    })
  })

  const hidden = `${secretRepo}/issues`
  const notFound = () => dated(s, '{"message":"Not Found"}', { status: 404 })()

  it('what was refused to a token stays so when an older answer comes later', async () => {
    const a = await s.member({ secret: undefined })
    const held = s.github.hold(hidden, { phase: 'response' })
    const first = a.ask(hidden)
    await held.arrived
    s.now += second
    s.github.respondOnce(hidden, notFound)
    const later = a.ask(hidden, { cache: 'reload' })
    await until(() => held.waiting === 2)
    held.release()
    expect([(await first).status, (await later).status]).to.deep.equal([200, 404])
    s.github.respondOnce(hidden, notFound)
    expect(got(await a.ask(hidden))).to.match(/^404/)
  })

  it('what GitHub has denied a token since is not taken from a member that saw it with that token before', async () => {
    s.github.addToken(longToken, { login: 'alice', permissions: { 'octocat/secret-plans': 'push' } })
    const [a, b] = await s.two({ token: longToken })
    await until(() => [a, b].every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === 2))
    await a.ask('/user')
    expect(status(await b.ask('/user'))).to.match(/detail=peer/)
    // Where a is the home, it has b's answer before.
    const paths = [1, 2, 3, 4, 5, 6].map((n) => `${hidden}?per_page=${n}`)
    for (const path of paths) await b.ask(path)
    s.now += second
    s.github.respond(/secret-plans/, notFound)
    for (const path of paths) expect((await a.ask(path, { cache: 'reload' })).status).to.equal(404)
    s.now += 11 * second
    for (const path of paths) expect(got(await a.ask(path)), path).to.match(/^404/)
  })

  it('nobody waits for a holder of a token that needs no call any more', async () => {
    s.github.addToken(longToken, { login: 'alice' })
    const hub = memoryHub()
    const inner = memoryTransport(hub)
    let gate: PromiseWithResolvers<void> | undefined
    let waiting = 0
    const transport = Object.create(inner, {
      request: {
        value: async function* (...args: Parameters<typeof inner.request>) {
          if (gate) waiting++
          await gate?.promise
          yield* inner.request(...args)
        }
      }
    })
    const a = await s.member({ transport, token: longToken })
    const b = await s.member({ transport: memoryTransport(hub), token: longToken })
    const met = next(b, 'peer:connect')
    await inner.dial(`/memory/p2p/${b.mesh.peerId}`)
    await met
    await until(() => [a, b].every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === 2))
    await a.ask('/user')
    await b.ask('/user')
    // Of some of these b is the home.
    for (let page = 1; page <= 8; page++) {
      const path = `/user/repos?per_page=5&page=${page}`
      gate = Promise.withResolvers()
      waiting = 0
      const first = a.ask(path)
      await Promise.race([until(() => waiting > 0), first])
      await a.ask(path, { cache: 'reload' })
      gate.resolve()
      gate = undefined
      await first
      await heard(a, b)
      // Of a holder that ends nothing it would wait for 10 s each time, longer than a test has.
      expect(got(await b.ask(path)), path).to.match(/^200/)
    }
  })

  describe('of values', () => {
    it('two that are set at once end as the same for all', async () => {
      const disk = heldStore('get')
      const now = () => ++s.now // the second one is later, everywhere
      const a = await s.member({ store: disk.store, now })
      const b = await s.member({ now })
      await s.connect(a, b)
      for (const name of ['k', 'l', 'm', 'n', 'o']) {
        disk.waiting = 0
        disk.hold()
        const set = Promise.all([a.mesh.set(name, 1), a.mesh.set(name, 2)])
        await until(() => disk.waiting > 0)
        disk.release()
        await set
        await heard(a, b)
        expect(await b.mesh.get(name), name).to.equal(await a.mesh.get(name))
      }
    })

    it('one that is set while one that has expired is read is there', async () => {
      const disk = heldStore('get')
      const a = await s.member({ secret: undefined, store: disk.store })
      await a.mesh.set('n', 1, { ttlMs: second })
      s.now += 2 * second
      disk.hold(1)
      const read = a.mesh.get('n')
      await until(() => disk.waiting === 1)
      await a.mesh.set('n', 2)
      disk.release()
      await read
      expect(await a.mesh.get('n')).to.equal(2)
    })

    it('of two that come at once the later one stays', async () => {
      const disk = heldStore('get')
      const a = await s.member()
      const b = await s.member({ store: disk.store })
      await s.connect(a, b)
      await a.mesh.set('n', 0)
      await until(async () => (await b.mesh.get('n')) === 0)
      s.now += second
      disk.hold(1)
      await a.mesh.set('n', 1)
      await until(() => disk.waiting === 1)
      s.now += second
      await a.mesh.set('n', 2)
      await heard(a, b)
      disk.release()
      await heard(a, b)
      expect(await b.mesh.get('n')).to.equal(2)
    })
  })
})
