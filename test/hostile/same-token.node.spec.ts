import { expect } from 'chai'
import type { Mesh, MeshOptions } from 'ghmesh'
import { canonicalUrl, keyOf } from '../../packages/core/src/github/key.ts'
import type { Quota } from '../../packages/core/src/github/rate-limit.ts'
import { type Answer, encodeAnswer, type Question } from '../../packages/core/src/protocol/wire.ts'
import { until } from '../flow/members.ts'
import { longToken as token } from '../token-scan/tokens.ts'
import { type Attacker, presence, world } from './world.ts'

const minute = 60_000

describe('members that hold the same token, and one that does not', () => {
  const w = world()
  beforeEach(() => w.github.addToken(token, { login: 'alice' }))

  const member = (name: string, options: MeshOptions = {}) =>
    w.member({ token, name, limits: { touchBatchMs: 1, membersBudgetMs: 200, leaseHedgeMs: 20 }, ...options })
  /** A member of the group that has heard what a member tells of itself. */
  async function joined(mesh: Mesh): Promise<{ attacker: Attacker; holds: Uint8Array[] }> {
    const attacker = await w.attacker()
    await attacker.join(mesh)
    const [answer] = await attacker.ask(mesh, { version: 1, type: 'proof', proof: await attacker.proof() })
    return { attacker, holds: (answer as Answer & { type: 'proof' }).presence?.holds ?? [] }
  }
  /** As those that hold the token call it: more than one without the token can know. */
  async function wireKeyOf({ group }: Attacker, path: string): Promise<Uint8Array> {
    const url = canonicalUrl(new URL(w.github.url + path))
    const names = await group.ofToken(token)
    return names.wireKey(await keyOf({ url, accept: 'application/vnd.github+json', apiVersion: '' }))
  }
  const get = (key: Uint8Array, holds?: Uint8Array, after?: number): Question => ({
    version: 1,
    type: 'get',
    key,
    holds,
    after
  })

  it('gets nothing by a wire key, another’s proof, or a lease, even if it knows all names', async () => {
    const mesh = await member('holder')
    const { attacker, holds } = await joined(mesh)
    expect(holds).to.have.length(1)
    await w.answered(mesh, '/user')
    const key = await wireKeyOf(attacker, '/user')
    const proofs = [undefined, holds[0], crypto.getRandomValues(new Uint8Array(16)), new Uint8Array(16)]
    for (const proof of proofs)
      for (const after of [undefined, Date.now() - 60_000]) {
        const [answer] = await attacker.ask(mesh, get(key, proof, after))
        expect(answer?.type).to.equal('none')
      }
    // It is there for one that holds the token.
    const own = await (await attacker.group.ofToken(token)).proofFor(attacker.peerId)
    const [answer] = await attacker.ask(mesh, get(key, own))
    expect(answer?.type).to.equal('entry')
  })

  it('gets nothing of a repository that GitHub has refused to the token here, even if it holds the token', async () => {
    w.github.addToken(token, { login: 'alice', permissions: { 'octocat/secret-plans': 'push' } })
    const mesh = await member('holder')
    const { attacker } = await joined(mesh)
    const own = await (await attacker.group.ofToken(token)).proofFor(attacker.peerId)
    const issues = '/repos/octocat/secret-plans/issues'
    await w.answered(mesh, issues)
    const key = await wireKeyOf(attacker, issues)
    expect((await attacker.ask(mesh, get(key, own)))[0]?.type).to.equal('entry')
    w.github.setRole(token, 'octocat/secret-plans', 'none')
    const look = () => mesh.fetch(`${w.github.url}/repos/octocat/secret-plans`, { cache: 'no-cache' })
    // The first may join a lookup that was sent before.
    await until(async () => (await look()).status === 404)
    expect((await attacker.ask(mesh, get(key, own)))[0]?.type).to.equal('none')
  })

  it('gets nothing that GitHub has last shown to the token an hour ago, even if it holds the token', async () => {
    let later = 0
    const mesh = await member('holder', { now: () => Date.now() + later })
    const { attacker } = await joined(mesh)
    const own = await (await attacker.group.ofToken(token)).proofFor(attacker.peerId)
    await w.answered(mesh, '/user')
    const key = await wireKeyOf(attacker, '/user')
    const asked = async () => (await attacker.ask(mesh, get(key, own)))[0]?.type
    later = 59 * minute
    expect(await asked()).to.equal('entry')
    later = 61 * minute
    expect(await asked()).to.equal('none')
  })

  it('sees that a token is used here no more from GitHub’s 401 until GitHub knows it again', async () => {
    const mesh = await member('holder')
    const { attacker } = await joined(mesh)
    const holds = async () => {
      const [answer] = await attacker.ask(mesh, { version: 1, type: 'proof', proof: await attacker.proof() })
      return (answer as Answer & { type: 'proof' }).presence?.holds?.length ?? 0
    }
    const ask = async (cache: RequestCache = 'reload') => (await mesh.fetch(`${w.github.url}/user`, { cache })).status
    expect([await ask(), await holds()]).to.deep.equal([200, 1])
    w.github.revokeToken(token)
    expect([await ask(), await holds()]).to.deep.equal([401, 0])
    const held = w.github.hold('/user')
    const again = ask('default')
    await held.arrived
    expect(await holds()).to.equal(0)
    held.release()
    expect(await again).to.equal(401)
    w.github.addToken(token, { login: 'alice' })
    await until(async () => [await ask(), await holds()].join() === '200,1', 'GitHub’s clock is later than at the 401')
  })

  it('is not asked for what a token sees after it showed another’s proof as its own', async () => {
    const mesh = await member('holder')
    const { attacker, holds } = await joined(mesh)
    const asked: Question[] = []
    attacker.heard = (question) => void asked.push(question)
    attacker.answer = async function* () {
      yield encodeAnswer({ type: 'none' })
    }
    const heard = () => Object.keys(mesh.stats({ group: true }).members).includes('another')
    await attacker.tell(mesh, presence({ name: 'another', leases: true, holds }))
    await until(heard)
    await w.answered(mesh, '/user')
    await w.answered(mesh, '/notifications')
    expect(asked.filter(({ type }) => type === 'get')).to.deep.equal([])
  })

  // README: "Other members can tell how many tokens a member uses"
  it('cannot tell who holds the same token: what two members show has nothing in common', async () => {
    const [a, b] = [await member('a'), await member('b')]
    const shown = [await joined(a), await joined(b)].flatMap(({ holds }) =>
      holds.map((one) => Buffer.from(one).toString('hex'))
    )
    expect(shown).to.have.length(2)
    expect(new Set(shown).size).to.equal(2)
  })

  it('says nothing of its limits; one that holds it tells them, and is told', async () => {
    const mesh = await member('holder')
    const { attacker, holds } = await joined(mesh)
    const limited = (proof: Uint8Array, resource?: string): Question => ({
      version: 1,
      type: 'limited',
      holds: proof,
      resource,
      until: Date.now() + 60_000
    })
    const calls = (path: string) => w.github.calls.filter((call) => call.path === path).length
    for (const proof of [holds[0] as Uint8Array, new Uint8Array(16)])
      expect((await attacker.ask(mesh, limited(proof)))[0]?.type).to.equal('none')
    await w.answered(mesh, '/user')

    const holder = await w.attacker()
    await holder.join(mesh)
    const own = await (await holder.group.ofToken(token)).proofFor(holder.peerId)
    expect((await holder.ask(mesh, limited(own, 'search')))[0]?.type).to.equal('ok')
    const before = calls('/search/issues')
    const search = await mesh.fetch(`${w.github.url}/search/issues?q=x`)
    expect([search.status, calls('/search/issues')]).to.deep.equal([403, before])
    expect(search.headers.get('x-ratelimit-resource')).to.equal('search')
    await w.answered(mesh, '/notifications')

    const told = new Promise<Question>((resolve) => {
      holder.heard = (question) => question.type === 'limited' && resolve(question)
    })
    let strangerHeard = 0
    attacker.heard = ({ type }) => type === 'limited' && strangerHeard++
    w.github.limit(token, { kind: 'secondary', retryAfterSeconds: 60 })
    expect((await mesh.fetch(`${w.github.url}/emojis`)).status).to.equal(403)
    w.github.unlimit(token)
    expect(await told).to.deep.include({ type: 'limited' })
    expect(strangerHeard).to.equal(0)
  })

  it('nor does one that holds it stop those who believe nobody', async () => {
    const mesh = await member('holder', { trust: 'verify' })
    const { attacker } = await joined(mesh)
    const own = await (await attacker.group.ofToken(token)).proofFor(attacker.peerId)
    const quota = { limit: 5000, remaining: 0, resetAt: Date.now() + 60 * minute }
    for (const said of [{}, { resource: 'core', quota }]) {
      const until = Date.now() + minute
      const [answer] = await attacker.ask(mesh, { version: 1, type: 'limited', holds: own, until, ...said })
      expect(answer?.type).to.equal('ok')
    }
    expect(mesh.stats().quota).to.deep.equal({})
    await w.answered(mesh, '/user')
  })

  it('makes nothing stale that the token sees; one that holds it does, and nobody else hears of it', async () => {
    const mesh = await member('holder')
    const { attacker, holds } = await joined(mesh)
    const target = 'octocat/secret-plans'
    const purge = (proof: Uint8Array): Question => ({
      version: 1,
      type: 'purge',
      holds: proof,
      target,
      asOf: Date.now()
    })
    const purged: string[] = []
    mesh.addEventListener('purged', ({ detail }) => purged.push(detail.target))
    for (const proof of [holds[0] as Uint8Array, new Uint8Array(16)])
      expect((await attacker.ask(mesh, purge(proof)))[0]?.type).to.equal('none')
    expect(purged).to.deep.equal([])

    const holder = await w.attacker()
    await holder.join(mesh)
    const own = await (await holder.group.ofToken(token)).proofFor(holder.peerId)
    expect((await holder.ask(mesh, purge(own)))[0]?.type).to.equal('ok')
    expect(purged).to.deep.equal([target])
    const [list] = await attacker.ask(mesh, { version: 1, type: 'list' })
    expect(list).to.deep.include({ type: 'keys', purges: [] })
  })

  it('says nothing of what is left to it; one that holds it can only say that it is less, and for no longer than an hour', async () => {
    const mesh = await member('holder')
    const { attacker, holds } = await joined(mesh)
    const { group, peerId } = attacker
    const own = await (await group.ofToken(token)).proofFor(peerId)
    const inAnHour = Date.now() + 3_600_000
    const says = async (proof: Uint8Array, quota: Partial<Quota>, resource: string | null = 'core') => {
      const said = { limit: 5000, remaining: 100, resetAt: inAnHour, ...quota }
      const [answer] = await attacker.ask(mesh, {
        version: 1,
        type: 'limited',
        holds: proof,
        resource: resource ?? undefined,
        until: 0,
        quota: said
      })
      return [answer?.type, mesh.stats().quota]
    }
    for (const proof of [holds[0] as Uint8Array, new Uint8Array(16)])
      expect(await says(proof, {})).to.deep.equal(['none', {}])
    for (const resetAt of [0, Date.now() - 1, Date.now() + 3_700_000, Number.MAX_SAFE_INTEGER])
      expect(await says(own, { resetAt }), String(resetAt)).to.deep.equal(['ok', {}])
    for (const resource of ['made_up', 'core_', '__proto__', null])
      expect(await says(own, {}, resource), String(resource)).to.deep.equal(['ok', {}])
    const lie = { limit: 5000, remaining: 0, resetAt: inAnHour }
    expect(await says(own, lie)).to.deep.equal(['ok', { core: lie }])
    // One request finds out, and GitHub's own word counts.
    await w.answered(mesh, '/user')
    const told = mesh.stats().quota.core as Quota
    expect(told.remaining).to.be.above(4000)
    expect(await says(own, { remaining: told.remaining })).to.deep.equal(['ok', { core: told }])
    expect(await says(own, { remaining: 5000 })).to.deep.equal(['ok', { core: told }])
  })

  it('hears nothing of it: no gossip names what only a token sees', async () => {
    const mesh = await member('holder')
    const { attacker } = await joined(mesh)
    const heard: string[] = []
    attacker.gossiped = ({ type }) => void heard.push(type)
    await w.answered(mesh, '/user')
    await mesh.set('after it', 1)
    await until(() => heard.includes('value'))
    expect(heard.filter((type) => type === 'announce' || type === 'touch')).to.deep.equal([])
  })
})
