import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { concat } from '../../packages/core/src/bytes.ts'
import { deriveKeys } from '../../packages/core/src/group/keys.ts'
import { createProof } from '../../packages/core/src/group/proof.ts'
import { rootOf } from '../../packages/core/src/group/root.ts'
import { createSealing } from '../../packages/core/src/group/sealing.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import { packEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import { encodeGossip, type Gossip } from '../../packages/core/src/protocol/wire.ts'
import { next } from '../support/events.ts'
import { type Attacker, announce, dayMs, secret, world } from './world.ts'

const forged = '{"forged":true}'
const touch = (sentAt = Date.now()): Gossip => ({ type: 'touch', sentAt, items: [] })

describe('gossip that nobody honest sends', () => {
  const here = world()
  const path = '/repos/octocat/hello-world/issues/1'

  /** Sends one message; says what became of it, and that the member's caller is answered by GitHub all the same. */
  async function verdict(make: (attacker: Attacker) => Promise<Uint8Array> | Gossip, through?: string) {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const heard = await attacker.tell(mesh, await make(attacker), through)
    await here.answered(mesh, path)
    return { heard, rejected: mesh.stats().rejected }
  }
  const cases: [name: string, expected: string, make: (attacker: Attacker) => Promise<Uint8Array> | Gossip][] = [
    ['empty', 'ignore version', async () => new Uint8Array()],
    ['cut within the proof', 'reject malformed', async (a) => (await a.seal(touch())).slice(0, 80)],
    ['cut within the seal', 'ignore sealed', async (a) => (await a.seal(touch())).slice(0, -1)],
    ['larger than 64 KiB', 'reject size', async (a) => a.seal(new Uint8Array(65 * 1024))],
    ['no CBOR', 'reject malformed', async (a) => a.seal(Uint8Array.of(0xff, 0xff, 1, 2))],
    [
      'CBOR with bytes after it',
      'reject malformed',
      async (a) => a.seal(concat(encodeGossip(touch()), Uint8Array.of(0)))
    ],
    ['CBOR nested 20,000 deep', 'reject malformed', async (a) => a.seal(new Uint8Array(20_000).fill(0x81))],
    [
      'CBOR that claims 2^53 items',
      'reject malformed',
      async (a) => a.seal(Uint8Array.of(0x9b, 0, 0x1f, 255, 255, 255, 255, 255, 255))
    ],
    [
      'of no known type',
      'reject malformed',
      async (a) => a.seal(encodeGossip({ ...touch(), type: 'gift' } as unknown as Gossip))
    ],
    ['of another version', 'ignore version', async (a) => concat(Uint8Array.of(2), (await a.seal(touch())).slice(1))],
    [
      'with a proof of another peer',
      'reject proof',
      async (a) => a.seal(touch(), { proof: await a.group.proofFor('somebody-else') })
    ],
    [
      'with an expired proof',
      'reject proof',
      async (a) => a.seal(touch(), { proof: await ownProof(a, Date.now() - 1) })
    ],
    [
      'with a proof valid for years',
      'reject proof',
      async (a) => a.seal(touch(), { proof: await ownProof(a, Date.now() + 999 * dayMs) })
    ],
    [
      'with a proof of another group',
      'reject proof',
      async (a) => a.seal(touch(), { proof: await ownProof(a, Date.now() + 1000, createSecret()) })
    ],
    [
      'sealed by somebody else',
      'ignore sealed',
      async (a) => a.seal(touch(), { sender: 'somebody-else', proof: await a.group.proofFor(a.peerId) })
    ],
    ['sealed for another topic', 'ignore sealed', sealedElsewhere],
    ['said six minutes ago', 'ignore expired', (a) => a.seal(touch(Date.now() - 360_000))],
    ['said in six minutes', 'ignore expired', (a) => a.seal(touch(Date.now() + 360_000))],
    ['an entry whose body is a bomb', 'reject size', async (a) => bomb(a)],
    [
      'an entry whose body is no DEFLATE',
      'reject size',
      async (a) => a.seal(announce(await a.forge(path, forged), Uint8Array.of(1, 2, 3)))
    ],
    [
      'an entry with another body than its hash',
      'ignore hash',
      async (a) => a.seal(announce(await a.forge(path, '{"another":true}'), await deflated(forged, 16)))
    ],
    [
      'an entry of a size that nobody takes',
      'reject size',
      async (a) => a.seal(announce(await a.forge(path, forged, { size: 2 ** 50 }), await deflated(forged)))
    ]
  ]
  for (const [name, expected, make] of cases) {
    it(`${name}: ${expected}`, async () => {
      const { heard, rejected } = await verdict(make)
      const [how, reason] = expected.split(' ') as [string, string]
      expect({ heard, rejected }).to.deep.equal({ heard: how, rejected: { [reason]: 1 } })
    })
  }

  it('a bad proof that another handed on does not count against who handed it on', async () => {
    const { heard, rejected } = await verdict(async (a) => a.seal(touch(), { proof: await ownProof(a, 1) }), 'a-relay')
    expect({ heard, rejected }).to.deep.equal({ heard: 'ignore', rejected: { proof: 1 } })
  })

  it('the same bytes twice, and a message from before the window of 1,024', async () => {
    const mesh = await here.member({ limits: { messagesBurst: 5000 } })
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const first = await attacker.seal(touch())
    const second = await attacker.seal(touch())
    expect([await attacker.tell(mesh, second), await attacker.tell(mesh, second)]).to.deep.equal(['accept', 'ignore'])
    for (let i = 0; i < 1030; i++) await attacker.tell(mesh, touch())
    expect(await attacker.tell(mesh, first)).to.equal('ignore')
    expect(mesh.stats().rejected).to.deep.equal({ replay: 2 })
    await here.answered(mesh, path)
  })

  it('a flood, in number and in bytes, costs its sender its own allowance and nobody else theirs', async () => {
    const mesh = await here.member()
    const [flooder, other, heavy] = [await here.attacker(), await here.attacker(), await here.attacker()]
    for (const one of [flooder, other, heavy]) await one.join(mesh)
    const heard = []
    for (let i = 0; i < 400; i++) heard.push(await flooder.tell(mesh, touch()))
    const accepted = heard.filter((how) => how === 'accept').length
    expect(accepted).to.be.within(200, 399)
    expect(mesh.stats().rejected).to.deep.equal({ rate: 400 - accepted })
    const large = await heavy.seal(new Uint8Array(60 * 1024))
    const weighed = []
    for (let i = 0; i < 100; i++) weighed.push(await heavy.tell(mesh, large.slice()))
    expect(mesh.stats().rejected.rate).to.be.greaterThan(400 - accepted)
    expect(await other.tell(mesh, touch())).to.equal('accept')
    await here.answered(mesh, path)
  })

  it('after 20 rejected messages a peer is disconnected, and its next message is not parsed', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const dropped = attacker.dropped()
    for (let i = 0; i < 20; i++) await attacker.tell(mesh, await attacker.seal(Uint8Array.of(0xff)))
    await dropped
    expect(mesh.peers()).to.deep.equal([])
    const again = attacker.dropped()
    await attacker.transport.dial(mesh.addresses[0] as string)
    await again // it is not let in again
    const good = announce(await attacker.forge(path, '{"good":true}'), await deflated('{"good":true}'))
    expect(await attacker.tell(mesh, good)).to.equal('ignore')
    expect(await attacker.tell(mesh, Uint8Array.of(9))).to.equal('ignore')
    expect(mesh.stats()).to.deep.include({ rejected: { malformed: 20 }, entries: 0 })
    await here.answered(mesh, path)
  })

  it('what it says after that is not heard from others either', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    const honest = await here.attacker()
    await attacker.join(mesh)
    await honest.join(mesh)
    for (let i = 0; i < 20; i++) await attacker.tell(mesh, await attacker.seal(Uint8Array.of(0xff)))
    expect(await attacker.tell(mesh, touch(), honest.peerId)).to.equal('ignore')
    const told = await honest.forge('/repos/octocat/hello-world/issues/2', '{"good":true}')
    const received = next(mesh, 'received')
    await honest.tell(mesh, announce(told, await deflated('{"good":true}')))
    expect((await received).peerId).to.equal(honest.peerId)
  })
})

async function ownProof(attacker: Attacker, expiresAt: number, of = secret) {
  return createProof((await deriveKeys(await rootOf(of))).signingKey, attacker.peerId, expiresAt)
}

async function sealedElsewhere(attacker: Attacker): Promise<Uint8Array> {
  const sealing = createSealing((await deriveKeys(await rootOf(secret))).sealingRoot, Date.now)
  const place = { purpose: 'gossip', place: 'ghmesh/1/another', sender: attacker.peerId }
  const sealed = await sealing.seal(encodeGossip(touch()), place)
  return packEnvelope({ proof: await attacker.group.proofFor(attacker.peerId), sealed })
}

/** 16 MiB of nothing in 16 KiB, said to be 15 bytes. */
async function bomb(attacker: Attacker): Promise<Uint8Array> {
  const told = await attacker.forge('/repos/octocat/hello-world/issues/1', forged)
  return attacker.seal(announce(told, await deflate(new Uint8Array(16 * 1024 ** 2))))
}

/** Deflated text, filled with spaces where it must have another length. */
const deflated = (content: string, length = content.length) => deflate(new TextEncoder().encode(content.padEnd(length)))
