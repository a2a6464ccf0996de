import { expect } from 'chai'
import { hex, sha256, utf8 } from '../src/bytes.ts'
import { createPublish } from '../src/exchange/publish.ts'
import { openGroup } from '../src/group/group.ts'
import { defaultLimits } from '../src/limits.ts'
import { unpackEnvelope } from '../src/protocol/envelope.ts'
import { decodeGossip, type Gossip } from '../src/protocol/wire.ts'
import type { Transport } from '../src/transport/transport.ts'
import { anEntry } from './fixtures/entries.ts'

const secret = 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE'
const hourMs = 3_600_000

/** A member that knows so many others, and what it says to all; the first `deaf` messages reach nobody. */
async function member(known: number, deaf = 0, mayShare = () => true) {
  let now = Date.UTC(2026, 3, 1)
  const localNow = () => now
  const group = await openGroup(secret, localNow, hourMs)
  const said: Gossip[] = []
  const transport = {
    peerId: 'a',
    async publish(bytes: Uint8Array) {
      const envelope = unpackEnvelope(bytes)
      if (typeof envelope === 'string') throw new Error(envelope)
      const opened = await group.openGossip(envelope.sealed, 'a')
      const gossip = opened && decodeGossip(opened.bytes)
      if (!gossip) throw new Error('not gossip of this group')
      said.push(gossip)
      return { recipients: said.length <= deaf ? 0 : known }
    }
  } as unknown as Transport
  const publish = createPublish({
    group,
    transport,
    limits: { ...defaultLimits, touchPerMemberMs: 0, touchBatchMs: 0 },
    localNow,
    emit() {},
    known: () => known,
    connected: () => known,
    mayShare
  })
  let lastNumber = 0
  async function announce(): Promise<void> {
    const url = `https://api.github.com/repos/octocat/hello-world/issues/${++lastNumber}`
    const body = utf8(`{"number":${lastNumber}}`)
    const entry = anEntry({ url, body, hash: hex(await sha256(body)), asOf: now, public: true })
    await publish.announce(hex(await sha256(utf8(url))), entry)
  }
  return {
    announce,
    purge: () => publish.purge({ target: 'octocat/hello-world' }, now),
    said: () => said.map(({ type }) => type),
    /** The messages of each kind so far, and the keys that the touches name. */
    async counts() {
      await publish.flush()
      const touches = said.filter((message) => message.type === 'touch')
      return {
        announced: said.filter(({ type }) => type === 'announce').length,
        named: touches.reduce((sum, { items }) => sum + items.length, 0)
      }
    },
    wait(ms: number) {
      now += ms
    },
    stop: publish.stop
  }
}

describe('what a member says to all', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })
  async function inGroupOf(...how: Parameters<typeof member>) {
    const made = await member(...how)
    stops.push(made.stop)
    return made
  }

  it('is each body, in a small group', async () => {
    const { announce, counts } = await inGroupOf(defaultLimits.fewMembers)
    for (let i = 0; i < 100; i++) await announce()
    expect(await counts()).to.deep.equal({ announced: 100, named: 0 })
  })

  it('is its share of bodies in a large group, and the names of all others', async () => {
    const { announce, counts, wait } = await inGroupOf(50)
    for (let i = 0; i < 100; i++) await announce()
    expect(await counts()).to.deep.equal({ announced: 2, named: 98 })
    wait(24_000)
    await announce()
    expect(await counts()).to.deep.equal({ announced: 2, named: 99 })
    wait(1000) // two a second, for fifty members
    await announce()
    await announce()
    expect(await counts()).to.deep.equal({ announced: 3, named: 100 })
  })

  it('is one body at least, however large the group', async () => {
    const { announce, counts } = await inGroupOf(10_000)
    await announce()
    await announce()
    expect(await counts()).to.deep.equal({ announced: 1, named: 1 })
  })

  it('is a purge again, where a member that has just been met does not take gossip yet', async () => {
    const some = await inGroupOf(1, 2)
    await some.purge()
    expect(some.said()).to.deep.equal(['purge', 'purge', 'purge'])
    const alone = await inGroupOf(0, 2)
    await alone.purge()
    expect(alone.said()).to.deep.equal(['purge'])
  })

  it('is not said again once it must not be shared any more', async () => {
    let asked = 0
    const { announce, said } = await inGroupOf(1, 1, () => asked++ === 0)
    await announce()
    expect(said()).to.deep.equal(['announce'])
    expect(asked).to.equal(2)
  })
})
