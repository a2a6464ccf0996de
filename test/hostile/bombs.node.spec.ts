import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { sha256, utf8 } from '../../packages/core/src/bytes.ts'
import { valueKeyOf } from '../../packages/core/src/github/key.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import { encodeAnswer } from '../../packages/core/src/protocol/wire.ts'
import { next } from '../support/events.ts'
import { type Attacker, announce, world } from './world.ts'

const KiB = 1024
const MiB = 1024 * KiB

describe('small messages that mean large work', () => {
  const here = world()
  const issue = (n: number) => `/repos/octocat/hello-world/issues/${n}`
  /** JSON of so many bytes, which deflates to almost nothing. */
  const json = (byteLength: number) => utf8(`["${'x'.repeat(byteLength - 4)}"]`)

  async function told(attacker: Attacker, path: string, byteLength: number) {
    const forged = await attacker.forge(path, json(byteLength))
    return announce(forged, await deflate(forged.body))
  }

  it('a body that inflates beyond what honest members send along is not even inflated', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const bomb = await told(attacker, issue(1), 16 * MiB)
    expect((await attacker.seal(bomb)).byteLength).to.be.below(64 * KiB)
    expect(await attacker.tell(mesh, bomb)).to.equal('reject')
    expect(await attacker.tell(mesh, await told(attacker, issue(2), 256 * KiB))).to.equal('accept')
    expect(await attacker.tell(mesh, await told(attacker, issue(3), 256 * KiB + 1))).to.equal('reject')
    expect(mesh.stats().rejected.size).to.equal(2)
    await here.answered(mesh, issue(1))
  })

  it('a flood of bodies evicts what was sent in that way, and nothing that was fetched here', async () => {
    const store = memoryStore({ maxBytes: 8 * MiB })
    const limits = { unaskedBytes: 2 * MiB, memoryBytes: 4 * MiB, messagesPerSecond: 1e6, messagesBurst: 1e6 }
    const mesh = await here.member({ store, limits })
    const [attacker, quiet] = [await here.attacker(), await here.attacker()]
    await attacker.join(mesh)
    await quiet.join(mesh)
    for (let n = 1; n <= 10; n++) await here.answered(mesh, issue(n))
    // What another member sent stays as well, for the flood displaces itself.
    await quiet.tell(mesh, await told(quiet, issue(11), 100 * KiB))
    for (let n = 100; n < 180; n++) await attacker.tell(mesh, await told(attacker, issue(n), 256 * KiB))
    for (let n = 1; n <= 10; n++) await here.answered(mesh, issue(n), 'cache')
    const response = await mesh.fetch(here.github.url + issue(11))
    expect(response.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
  })

  it('so does a flood of named values', async () => {
    const store = memoryStore({ maxBytes: 8 * MiB })
    const limits = { unaskedBytes: 2 * MiB, memoryBytes: 4 * MiB, messagesPerSecond: 1e6, messagesBurst: 1e6 }
    const mesh = await here.member({ store, limits: { ...limits, gossipBytesPerSecond: 1e9 } })
    const attacker = await here.attacker()
    await attacker.join(mesh)
    for (let n = 1; n <= 10; n++) await here.answered(mesh, issue(n))
    await mesh.set('own', 'kept')
    const body = json(64 * KiB)
    const hash = await sha256(body)
    for (let n = 0; n < 200; n++) {
      const name = `flood ${n}`
      await attacker.tell(mesh, {
        type: 'value',
        sentAt: Date.now(),
        key: await attacker.group.wireKey(await valueKeyOf(name)),
        value: {
          name,
          at: Date.now(),
          by: attacker.peerId,
          expiresAt: Date.now() + 60_000,
          deleted: false,
          hash,
          size: body.byteLength
        },
        body: await deflate(body)
      })
    }
    for (let n = 1; n <= 10; n++) await here.answered(mesh, issue(n), 'cache')
    expect(await mesh.get('own')).to.equal('kept')
  })

  it('large bodies that are only announced are fetched as far as one member may be fetched from', async () => {
    const limits = { unaskedBytes: 4 * MiB, unaskedBytesPerSecond: 1, membersBudgetMs: 60_000 }
    const mesh = await here.member({ limits })
    const attacker = await here.attacker()
    const body = json(MiB)
    const compressed = await deflate(body)
    let asked = 0
    attacker.answer = async function* () {
      asked++
      const { head } = await attacker.forge(issue(1000 + asked), body)
      yield encodeAnswer({ type: 'entry', entry: head, encoding: 'deflate-raw', length: compressed.byteLength })
      yield compressed
    }
    await attacker.join(mesh)
    const tell = async (n: number) => {
      const { head, wireKey } = await attacker.forge(issue(1000 + n), body)
      expect(await attacker.tell(mesh, announce({ head, wireKey, body }))).to.equal('accept')
    }
    for (let n = 1; n <= 4; n++) {
      const came = next(mesh, 'received', ({ url }) => url.endsWith(issue(1000 + n)))
      await tell(n)
      await came
    }
    for (let n = 5; n <= 40; n++) await tell(n)
    await here.answered(mesh, issue(1))
    // The fifth may begin before the fourth has been counted.
    expect(asked).to.be.within(4, 5)
  })
})
