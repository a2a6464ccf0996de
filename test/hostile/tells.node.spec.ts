import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { sha256, utf8 } from '../../packages/core/src/bytes.ts'
import { valueKeyOf } from '../../packages/core/src/github/key.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import type { Gossip, ValueHead } from '../../packages/core/src/protocol/wire.ts'
import { asPage, until } from '../flow/members.ts'
import { next } from '../support/events.ts'
import { type Attacker, announce, type Presence, presence, world } from './world.ts'

describe('members that abuse what members may do', () => {
  const here = world()
  const path = '/repos/octocat/hello-world/issues/5'

  async function two() {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    return { mesh, attacker }
  }

  describe('presence', () => {
    const rubbish: [name: string, over: Partial<Presence>][] = [
      ['text for numbers', { stats: { requests: '5', hits: 'x', entries: '1e3' } }],
      ['null and lists for numbers', { stats: { requests: null, hits: [], entries: {} } }],
      ['negative numbers and fractions', { stats: { requests: -5, hits: 0.5 } }],
      ['numbers near the end of all numbers', { stats: { requests: 1e308, apiCallsSaved: 1e308 } }],
      ['no record of rejections', { stats: { rejected: null } as never }],
      ['rejections that are text', { stats: { rejected: { size: 'many', __proto__: 1 } } as never }],
      ["names of an object's own", { name: '__proto__', stats: { requests: 1 } }],
      ['the name "constructor"', { name: 'constructor', stats: { requests: 1 } }]
    ]
    for (const [name, over] of rubbish) {
      it(`with ${name}: the group's figures are still numbers`, async () => {
        const { mesh, attacker } = await two()
        const other = await here.attacker()
        await other.join(mesh)
        await attacker.tell(mesh, presence(over))
        await other.tell(mesh, presence({ ...over, name: `${over.name ?? 'liar'}2` }))
        const { members, total } = mesh.stats({ group: true })
        for (const figures of [total, ...Object.values(members)])
          for (const [field, value] of Object.entries(figures))
            if (!['rejected', 'heldBack', 'spent', 'quota', 'peerId'].includes(field))
              expect(Number.isFinite(value), `${field}: ${value}`).to.equal(true)
        for (const n of [...Object.values(total.rejected), ...Object.values(total.heldBack)])
          expect(n).to.be.a('number')
        expect(({} as Record<string, unknown>).requests).to.equal(undefined)
        expect(Object.getPrototypeOf(members)).to.be.oneOf([Object.prototype, null])
        await here.answered(mesh, path)
      })
    }

    it('of one whose answer to a proof was lost: it is asked again, and becomes a member', async () => {
      const mesh = await here.member()
      const peer = await here.attacker()
      const { proof } = peer
      const lost = () =>
        new Promise<void>((resolve) => {
          peer.proof = async () => {
            resolve()
            throw new Error('the stream broke')
          }
        })
      const first = lost()
      await peer.transport.dial(mesh.addresses[0] as string)
      await first
      const second = lost()
      // It shows its own, so that the connection stays.
      await peer.ask(mesh, { version: 1, type: 'proof', proof: await proof() })
      await second
      expect(mesh.peers()).to.deep.equal([])
      peer.proof = proof
      const joined = next(mesh, 'peer:connect')
      expect(await peer.tell(mesh, presence({ name: 'back' }))).to.equal('accept')
      expect((await joined).id).to.equal(peer.peerId)
      expect(mesh.peers().map(({ name }) => name)).to.deep.equal(['back'])
    })

    it('with NaN or a thousand addresses: rejected', async () => {
      const { mesh, attacker } = await two()
      expect(await attacker.tell(mesh, presence({ stats: { requests: Number.NaN } }))).to.equal('reject')
      const addresses = Array.from({ length: 1000 }, (_, i) => `/ip4/10.0.0.1/tcp/${i + 1}/p2p/x`)
      expect(await attacker.tell(mesh, presence({ addresses }))).to.equal('reject')
      expect(mesh.stats().rejected).to.deep.equal({ malformed: 2 })
    })

    it('with the name of this member: both are shown', async () => {
      const { mesh, attacker } = await two()
      await attacker.tell(mesh, presence({ name: 'honest', stats: { requests: 7_000_000 } }))
      await here.answered(mesh, path)
      const { members } = mesh.stats({ group: true })
      expect(members.honest?.requests).to.equal(mesh.stats().requests)
      expect(Object.keys(members)).to.have.length(2)
    })

    it('with a clock that is years off: an honest answer stays fresh', async () => {
      const { mesh, attacker } = await two()
      for (const offset of [Number.MAX_SAFE_INTEGER, -1e12, 1e12]) await attacker.tell(mesh, presence({ offset }))
      await here.answered(mesh, path)
      await here.answered(mesh, path, 'cache')
    })
  })

  describe('the clock of a page, which cannot read GitHub’s', () => {
    const halfMinute = 30_000

    for (const [liars, offset] of [
      [1, 1e12],
      [2, -1e12],
      [10, 1e12],
      [10, -1e12]
    ] as const)
      it(`${liars} with clocks off by ${offset}: a fresh answer stays fresh, a stale one is asked for again`, async () => {
        let now = Date.now()
        const mesh = await here.member({ fetch: asPage, now: () => now })
        await here.answered(mesh, path)
        for (let i = 0; i < liars; i++) {
          const attacker = await here.attacker()
          await attacker.join(mesh)
          expect(await attacker.tell(mesh, presence({ offset }))).to.equal('accept')
        }
        now += 60_000 - halfMinute - 1
        await here.answered(mesh, path, 'cache')
        now += 2 * halfMinute + 1
        await here.answered(mesh, path)
      })

    it('is not set by what was said an hour ago, and held back since then', async () => {
      let now = Date.now()
      const mesh = await here.member({ fetch: asPage, now: () => now })
      await here.answered(mesh, path)
      const attacker = await here.attacker()
      await attacker.join(mesh)
      expect(await attacker.tell(mesh, presence({ sentAt: now - 3_600_000, offset: 1e12 }))).to.equal('ignore')
      now += 2 * halfMinute - 1
      await here.answered(mesh, path, 'cache')
    })
  })

  it('a page among liars: neither a purge from the future nor an own write makes stale what is fetched after it', async () => {
    const mesh = await here.member({ fetch: asPage, limits: { recheckMs: [] } })
    const attacker = await here.attacker()
    await attacker.join(mesh)
    await attacker.tell(mesh, presence({ offset: 1e12 }))
    await attacker.tell(mesh, {
      type: 'purge',
      sentAt: Date.now(),
      target: 'octocat/hello-world',
      asOf: Date.now() + 1e12
    })
    await new Promise((resolve) => setTimeout(resolve, 5)) // another millisecond than the purge's
    await here.answered(mesh, path)
    await here.answered(mesh, path, 'cache')
    await mesh.fetch(here.github.url + path, {
      method: 'PATCH',
      body: '{}',
      headers: { authorization: 'token sim-token-alice' }
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    await here.answered(mesh, path)
    await here.answered(mesh, path, 'cache')
  })

  it("purges in a loop: bounded by the sender's allowance, and fetches are answered", async () => {
    const { mesh, attacker } = await two()
    let purged = 0
    mesh.addEventListener('purged', () => purged++)
    const purge = (i: number) =>
      ({ type: 'purge', sentAt: Date.now(), target: 'octocat/hello-world', asOf: Date.now() + 1e9 * i }) as const
    const heard = await Promise.all(Array.from({ length: 1000 }, (_, i) => attacker.tell(mesh, purge(i))))
    expect(heard.filter((how) => how === 'accept')).to.have.length.below(500)
    expect(purged).to.be.below(500)
    expect(mesh.stats().rejected.rate).to.be.greaterThan(500)
    await here.answered(mesh, path)
  })

  it('purges that each name as much as they can: what is above the allowance counts for their repository as a whole', async () => {
    const { mesh, attacker } = await two()
    const targets: string[] = []
    mesh.addEventListener('purged', ({ detail }) => targets.push(detail.target))
    const target = 'octocat/hello-world'
    const startedAt = Date.now()
    for (let i = 0; i < 150; i++) {
      const only = Array.from({ length: 32 }, (_, n) => `${here.github.url}/repos/${target}/issues/${32 * i + n}`)
      // Each later than the one before, or it would be none: many of them fit into a millisecond.
      await attacker.tell(mesh, { type: 'purge', sentAt: Date.now(), target, asOf: startedAt - 150 + i, only })
    }
    expect(targets).to.have.length.within(1000, 1500)
    expect(targets.at(-1)).to.equal(target)
    const only = Array.from({ length: 33 }, () => target)
    expect(await attacker.tell(mesh, { type: 'purge', sentAt: Date.now(), target, asOf: 1, only })).to.equal('reject')
    await here.answered(mesh, path)
  })

  it('a purge from the future makes nothing stale that is fetched after it', async () => {
    const { mesh, attacker } = await two()
    await attacker.tell(mesh, {
      type: 'purge',
      sentAt: Date.now(),
      target: 'octocat/hello-world',
      asOf: Date.now() + 1e10
    })
    await new Promise((resolve) => setTimeout(resolve, 5)) // another millisecond than the purge's
    await here.answered(mesh, path)
    await here.answered(mesh, path, 'cache')
  })

  it('a purge of what is neither a URL of the API nor a repository does nothing', async () => {
    const { mesh, attacker } = await two()
    mesh.addEventListener('purged', () => expect.fail('purged'))
    await here.answered(mesh, path)
    for (const target of ['', '/', '..', 'https://evil.example/x', '*', 'a/b/c', '__proto__'])
      await attacker.tell(mesh, { type: 'purge', sentAt: Date.now(), target, asOf: Date.now() })
    await here.answered(mesh, path, 'cache')
  })

  it('a touch from far ahead, of another body or of nothing is no news', async () => {
    const { mesh, attacker } = await two()
    await here.answered(mesh, path)
    const { wireKey } = await attacker.forge(path, '')
    const before = (await mesh.peek(here.github.url + path))?.headers.get('date')
    const item = (at: number): [Uint8Array, Uint8Array, number] => [wireKey, new Uint8Array(32), at]
    expect(
      await attacker.tell(mesh, {
        type: 'touch',
        sentAt: Date.now(),
        items: [item(Date.now() + 60_000), item(Date.now())]
      })
    ).to.equal('accept')
    const many = Array.from({ length: 201 }, () => item(1))
    expect(await attacker.tell(mesh, { type: 'touch', sentAt: Date.now(), items: many })).to.equal('reject')
    expect(mesh.stats().rejected).to.deep.equal({ future: 1, malformed: 1 })
    expect((await mesh.peek(here.github.url + path))?.headers.get('date')).to.equal(before)
  })

  describe('values', () => {
    async function told(
      attacker: Attacker,
      json: string,
      over: Partial<ValueHead> = {},
      key?: string
    ): Promise<Gossip> {
      const body = utf8(json)
      const value = {
        name: 'color',
        at: Date.now(),
        by: attacker.peerId,
        expiresAt: Date.now() + 60_000,
        deleted: false,
        hash: await sha256(body),
        size: body.byteLength,
        ...over
      }
      return {
        type: 'value',
        sentAt: Date.now(),
        key: await attacker.group.wireKey(await valueKeyOf(key ?? value.name)),
        value,
        body: await deflate(body)
      }
    }
    const bad: [name: string, reason: string, make: (attacker: Attacker) => Promise<Gossip>][] = [
      ['under the key of another name', 'key', (a) => told(a, '"red"', {}, 'size')],
      ['without a name', 'key', (a) => told(a, '"red"', { name: '' })],
      ['that is not JSON', 'content', (a) => told(a, 'red')],
      ['that is larger than 64 KiB', 'size', (a) => told(a, JSON.stringify('x'.repeat(66_000)))],
      ['of another size than said', 'size', (a) => told(a, '"red"', { size: 4 })],
      ['of another hash than said', 'hash', (a) => told(a, '"red"', { hash: new Uint8Array(32) })]
    ]
    for (const [name, reason, make] of bad) {
      it(`${name}: ${reason}`, async () => {
        const { mesh, attacker } = await two()
        await mesh.set('color', 'blue')
        await attacker.tell(mesh, await make(attacker))
        expect(mesh.stats().rejected).to.deep.equal({ [reason]: 1 })
        expect(await mesh.get('color')).to.equal('blue')
        await here.answered(mesh, path)
      })
    }

    it('from the far future counts as 5 s ahead, so that who has seen it can replace it; an older one loses; a deleted one is gone', async () => {
      const { mesh, attacker } = await two()
      await attacker.tell(
        mesh,
        await told(attacker, '"red"', { at: Number.MAX_SAFE_INTEGER, expiresAt: Number.MAX_SAFE_INTEGER })
      )
      expect(await mesh.get('color')).to.equal('red')
      await mesh.set('color', 'blue')
      expect(await mesh.get('color')).to.equal('blue')
      await attacker.tell(mesh, await told(attacker, '"old"', { at: Date.now() - 1000 }))
      expect(await mesh.get('color')).to.equal('blue')
      // A member's own write may count as a millisecond ahead of what it replaces.
      const later = Date.now() + 2
      await until(() => Date.now() > later, 'the clock has gone on')
      await attacker.tell(mesh, await told(attacker, 'null', { at: later + 5000, deleted: true }))
      await attacker.tell(mesh, await told(attacker, '"older than the tombstone"', { at: Date.now() - 1000 }))
      expect(await mesh.get('color')).to.equal(undefined)
      await attacker.tell(mesh, await told(attacker, '"dead"', { name: 'expired', expiresAt: Date.now() - 1 }))
      expect(await mesh.get('expired')).to.equal(undefined)
    })

    it('that never expire are kept for a year', async () => {
      const store = memoryStore()
      const mesh = await here.member({ store })
      const attacker = await here.attacker()
      await attacker.join(mesh)
      await attacker.tell(mesh, await told(attacker, '"red"', { expiresAt: Number.MAX_SAFE_INTEGER }))
      const key = await valueKeyOf('color')
      expect((await store.get(key))?.meta.expiresAt).to.be.at.most(Date.now() + 367 * 86_400_000)
    })

    it('are no entries, and entries no values', async () => {
      const { mesh, attacker } = await two()
      const entry = await attacker.forge(path, '{"forged":true}')
      const value = await told(attacker, '{"forged":true}', { name: `${here.github.url}${path}` })
      await attacker.tell(mesh, { ...value, key: entry.wireKey } as Gossip)
      await attacker.tell(
        mesh,
        announce({ ...entry, wireKey: (value as { key: Uint8Array }).key }, await deflate(entry.body))
      )
      expect(mesh.stats().rejected).to.deep.equal({ key: 2 })
      await here.answered(mesh, path)
    })
  })
})
