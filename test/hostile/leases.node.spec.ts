import { expect } from 'chai'
import type { Mesh, MeshOptions } from 'ghmesh'
import { canonicalUrl, keyOf } from '../../packages/core/src/github/key.ts'
import { encodeAnswer, type Question } from '../../packages/core/src/protocol/wire.ts'
import { type Attacker, presence, world } from './world.ts'

const repo = '/repos/octocat/Hello-World'

describe('leases, with a member that means harm', () => {
  const w = world()
  const limits = { leaseMs: 50, leaseWaitMs: 400, leaseHedgeMs: 20, membersBudgetMs: 200, touchBatchMs: 1 }
  const member = (options: MeshOptions = {}) => w.member({ ...options, limits: { ...limits, ...options.limits } })

  async function wireKeyOf({ group }: Attacker, path: string): Promise<Uint8Array> {
    const url = canonicalUrl(new URL(w.github.url + path))
    return group.wireKey(await keyOf({ url, accept: 'application/vnd.github+json', apiVersion: '' }))
  }

  /** It has joined, and has told of itself as it likes. */
  async function joined(mesh: Mesh, leases: boolean | undefined): Promise<Attacker> {
    const attacker = await w.attacker()
    await attacker.join(mesh)
    await tellPresence(attacker, mesh, leases)
    return attacker
  }
  const tellPresence = (attacker: Attacker, mesh: Mesh, leases: boolean | undefined) =>
    attacker.tell(mesh, presence({ name: 'another', leases }))

  const ask = (attacker: Attacker, mesh: Mesh, key: Uint8Array, after = Date.now() - 60_000) =>
    attacker.ask(mesh, { version: 1, type: 'get', key, after })
  const leaseOf = async (attacker: Attacker, mesh: Mesh, key: Uint8Array) => {
    const [answer] = await ask(attacker, mesh, key)
    return answer && 'lease' in answer ? answer.lease : undefined
  }
  const say = (attacker: Attacker, mesh: Mesh, said: Omit<Extract<Question, { type: 'lease' }>, 'version' | 'type'>) =>
    attacker.ask(mesh, { version: 1, type: 'lease', ...said })

  it('one of an older version is asked for no lease, and nobody waits for it', async () => {
    const mesh = await member()
    const attacker = await joined(mesh, undefined)
    const asked: (number | undefined)[] = []
    attacker.answer = async function* ({ after }) {
      asked.push(after)
      yield encodeAnswer({ type: 'none', lease: 'waiting' })
    }
    for (let n = 1; n <= 8; n++) await w.answered(mesh, `${repo}/issues?per_page=${n}`)
    expect(asked).to.have.length.at.least(8)
    expect(asked.every((after) => after === undefined)).to.equal(true)
  })

  it('a home that lets others wait for ever costs them no more than the bound', async () => {
    const mesh = await member()
    const attacker = await joined(mesh, true)
    let waited = 0
    attacker.answer = async function* ({ after }) {
      if (after !== undefined) waited++
      yield encodeAnswer({ type: 'none', lease: after === undefined ? undefined : 'waiting' })
    }
    // Of each key one of the two is the home, by chance.
    for (let n = 1; n <= 6 || (waited === 0 && n <= 40); n++) await w.answered(mesh, `${repo}/labels?per_page=${n}`)
    expect(waited).to.be.above(0)
  })

  it('and news of a lease counts from the home alone that was asked', async () => {
    const mesh = await member()
    const attacker = await joined(mesh, true)
    const key = await wireKeyOf(attacker, `${repo}/issues`)
    for (const state of ['granted', 'waiting', 'free'] as const)
      expect(await say(attacker, mesh, { key, state })).to.deep.equal([{ type: 'none' }])
    const stored = { key, state: 'stored', hash: new Uint8Array(32), asOf: Date.now() } as const
    expect(await say(attacker, mesh, stored)).to.deep.equal([{ type: 'none' }])
  })

  it('one that takes leases and says nothing is granted none after three', async () => {
    const mesh = await member()
    const [attacker, other] = [await joined(mesh, true), await joined(mesh, true)]
    for (let n = 1; n <= 3; n++) {
      const key = await wireKeyOf(attacker, `${repo}/issues?per_page=${n}`)
      expect(await leaseOf(attacker, mesh, key)).to.equal('granted')
      expect(await leaseOf(other, mesh, key)).to.equal('waiting')
      const next = new Promise<void>((resolve) => {
        other.heard = (question) => question.type === 'lease' && question.state === 'granted' && resolve()
      })
      await next
      await say(other, mesh, { key, state: 'nothing' })
    }
    const key = await wireKeyOf(attacker, `${repo}/labels`)
    expect(await leaseOf(attacker, mesh, key)).to.equal('free')
    expect(await leaseOf(other, mesh, key)).to.equal('granted')
  })

  it('one that says it has stored what it has not, has failed: the next one goes on', async () => {
    const mesh = await member({ limits: { leaseMs: 60_000 } })
    const [attacker, other] = [await joined(mesh, true), await joined(mesh, true)]
    const key = await wireKeyOf(attacker, `${repo}/issues`)
    expect(await leaseOf(attacker, mesh, key)).to.equal('granted')
    expect(await leaseOf(other, mesh, key)).to.equal('waiting')
    const granted = new Promise<void>((resolve) => {
      other.heard = (question) => question.type === 'lease' && question.state === 'granted' && resolve()
    })
    const said = await say(attacker, mesh, { key, state: 'stored', hash: new Uint8Array(32), asOf: Date.now() })
    expect(said).to.deep.equal([{ type: 'ok' }])
    await granted
  })

  it('one that holds no lease ends none', async () => {
    const mesh = await member({ limits: { leaseMs: 60_000 } })
    const [holder, attacker] = [await joined(mesh, true), await joined(mesh, true)]
    const key = await wireKeyOf(holder, `${repo}/issues`)
    expect(await leaseOf(holder, mesh, key)).to.equal('granted')
    for (const state of ['nothing', 'failed'] as const)
      expect(await say(attacker, mesh, { key, state })).to.deep.equal([{ type: 'none' }])
    expect(await leaseOf(attacker, mesh, key)).to.equal('waiting')
  })

  it('nobody holds more leases at once than the bound', async () => {
    const mesh = await member({ limits: { leaseMs: 60_000, leasesPerPeer: 4 } })
    const attacker = await joined(mesh, true)
    const states: unknown[] = []
    for (let n = 1; n <= 6; n++)
      states.push(await leaseOf(attacker, mesh, await wireKeyOf(attacker, `${repo}/issues?page=${n}`)))
    expect(states).to.deep.equal(['granted', 'granted', 'granted', 'granted', 'free', 'free'])
  })

  it('a stranger is granted nothing', async () => {
    const mesh = await member()
    const stranger = await w.attacker({ secret: 'ghm1_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE' })
    await stranger.transport.dial(mesh.addresses[0] as string)
    const key = crypto.getRandomValues(new Uint8Array(32))
    expect(await ask(stranger, mesh, key)).to.deep.equal([{ type: 'error', code: 'unproven' }])
    expect(await say(stranger, mesh, { key, state: 'nothing' })).to.deep.equal([{ type: 'error', code: 'unproven' }])
  })
})
