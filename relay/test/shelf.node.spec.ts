import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Group, openGroup } from '../../packages/core/src/group/group.ts'
import { createExchange } from '../../packages/core/src/libp2p/exchange.ts'
import {
  decodeShelfAnswer,
  encodeShelfQuestion,
  type ShelfAnswer,
  type ShelfPut,
  shelfNumbers,
  shelfProtocol,
  shelfStatement
} from '../../packages/core/src/protocol/shelf.ts'
import type { RelayOptions } from '../src/index.ts'
import { type Bare, createBare } from './bare.ts'
import { createLeaves, newGroup, type Where } from './leaves.ts'
import { refuseOnShelf } from './refusing-disk.ts'

const key = new Uint8Array(32).fill(1)
const error = (code: string) => [{ type: 'error', code }]
const ok = [{ type: 'ok' }]

/** What a peer with a group's secret leaves, or somebody who pretends to have it. */
async function record(group: Group, sender: string, over: Partial<ShelfPut> = {}): Promise<ShelfPut> {
  const { signedAt = Date.now() } = over
  const put = {
    version: 1 as const,
    type: 'put' as const,
    group: group.publicKey,
    key,
    signedAt,
    expiresAt: signedAt + shelfNumbers.keepMs,
    sealed: new Uint8Array(100).fill(7),
    signature: new Uint8Array(64),
    ...over
  }
  return { ...put, signature: over.signature ?? (await group.sign(await shelfStatement(put, sender))) }
}

describe('a shelf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-shelf-'))
  const leaves = createLeaves()
  const bares: Bare[] = []
  afterEach(async () => {
    await Promise.all(bares.splice(0).map(({ node }) => node.stop()))
    await leaves.end()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const start = (options: RelayOptions = {}) =>
    leaves.relay({ shelf: { directory: mkdtempSync(join(folder, 'one-')), bytes: 8_000_000 }, ...options })

  /** Connected to a relay, with the proofs of these groups. */
  async function peer(relay: Where, ...groups: Group[]) {
    const bare = await createBare()
    bares.push(bare)
    await bare.dial(relay)
    for (const group of groups) await bare.show(relay, await group.proofFor(bare.peerId))
    const exchange = createExchange(bare.node, { async *request() {} }, { protocol: shelfProtocol })
    const ask = async (bytes: Uint8Array): Promise<(ShelfAnswer | undefined)[]> => {
      const answers = []
      for await (const frame of exchange.request(relay.peerId, bytes, { signal: AbortSignal.timeout(60_000) }))
        answers.push(decodeShelfAnswer(frame))
      return answers
    }
    return {
      ...bare,
      ask,
      put: (put: ShelfPut) => ask(encodeShelfQuestion(put)),
      get: (group: Group, after = 0) =>
        ask(encodeShelfQuestion({ version: 1, type: 'get', group: group.publicKey, keys: [[key, after]] }))
    }
  }

  it('gives what a member left to other members of the group, and to nobody else', async () => {
    const [group, foreign] = [await newGroup(), await newGroup()]
    const relay = await start()
    const [member, other, stranger] = [await peer(relay, group), await peer(relay, group), await peer(relay, foreign)]
    const left = await record(group, member.peerId)
    expect(await member.put(left)).to.deep.equal(ok)
    const got = [{ type: 'record', key, sender: member.peerId, sealed: left.sealed }]
    expect(await other.get(group)).to.deep.equal(got)
    expect(await other.get(group, left.signedAt)).to.deep.equal([])
    expect(await stranger.get(group)).to.deep.equal(error('unproven'))
    expect(await stranger.get(foreign)).to.deep.equal([])
    expect(relay.figures).to.include({ shelfRecords: 1, shelfGroups: 1 })
    expect(relay.tally).to.include({ shelfPuts: 1, shelfGets: 1 })
  })

  it('takes nothing for a group that a stranger has not proven, whatever it has signed', async () => {
    const [group, foreign] = [await newGroup(), await newGroup()]
    const relay = await start()
    const stranger = await peer(relay, foreign)
    const forged = await record(foreign, stranger.peerId, { group: group.publicKey })
    expect(await stranger.put(forged)).to.deep.equal(error('unproven'))
    expect(relay.figures.shelfRecords).to.equal(0)
  })

  it('takes nothing from a peer that was given a proof, and has the public key, but not the secret', async () => {
    const [group, foreign] = [await newGroup(), await newGroup()]
    const relay = await start()
    const guest = await peer(relay, group)
    const { signature } = await record(foreign, guest.peerId)
    expect(await guest.put(await record(group, guest.peerId, { signature }))).to.deep.equal(error('refused'))
    expect(relay.tally.rejections['shelf-signature']).to.equal(1)
  })

  it('takes no record that another member has signed, nor an older one again', async () => {
    const group = await newGroup()
    const relay = await start()
    const [member, other] = [await peer(relay, group), await peer(relay, group)]
    const older = await record(group, member.peerId)
    expect(await other.put(older)).to.deep.equal(error('refused'))
    const newer = await record(group, member.peerId, { signedAt: older.signedAt + 1, sealed: Uint8Array.of(9) })
    expect(await member.put(newer)).to.deep.equal(ok)
    expect(await member.put(older)).to.deep.equal(ok)
    expect(await other.get(group)).to.deep.equal([
      { type: 'record', key, sender: member.peerId, sealed: Uint8Array.of(9) }
    ])
  })

  it('takes no record that is changed, out of time, or to be kept for too long', async () => {
    const group = await newGroup()
    const relay = await start()
    const member = await peer(relay, group)
    const good = await record(group, member.peerId)
    const { clockMs, keepMs } = shelfNumbers
    const now = Date.now()
    const late = now - clockMs - 1000
    const wrong = [
      { ...good, sealed: new Uint8Array(100) },
      { ...good, key: new Uint8Array(32) },
      { ...good, expiresAt: good.expiresAt - 1 },
      await record(group, member.peerId, { signedAt: late, expiresAt: late + keepMs }),
      await record(group, member.peerId, { signedAt: now + clockMs + 5000, expiresAt: now + clockMs + 6000 }),
      await record(group, member.peerId, { expiresAt: now }),
      await record(group, member.peerId, { expiresAt: now + keepMs + 5000 })
    ]
    for (const put of wrong) expect(await member.put(put)).to.deep.equal(error('refused'))
    expect(relay.tally.rejections).to.include({ 'shelf-signature': 3, 'shelf-time': 4 })
    expect(relay.figures.shelfRecords).to.equal(0)
  })

  it('does not even read what comes from a peer without a proof', async () => {
    const group = await newGroup()
    const relay = await start()
    const bare = await peer(relay)
    const failure = await bare.put(await record(group, bare.peerId)).then(() => undefined, String)
    expect(failure).to.include('broke off')
  })

  it('ends at what is no question, and at a frame that is too long', async () => {
    const group = await newGroup()
    const relay = await start()
    const member = await peer(relay, group)
    expect(await member.ask(Uint8Array.of(1, 2, 3))).to.deep.equal(error('malformed'))
    const long = await member.ask(new Uint8Array(shelfNumbers.frameBytes + 1)).then(() => undefined, String)
    expect(long).to.include('broke off')
    const full = await record(group, member.peerId, { sealed: new Uint8Array(shelfNumbers.sealedBytes) })
    expect(await member.put(full)).to.deep.equal(ok)
  })

  it('takes a flood of records up to a rate, and that of no other group is less for it', async () => {
    const [group, foreign] = [await newGroup(), await newGroup()]
    const relay = await start({ limits: { shelfPutsPerSecond: 1, shelfPutsBurst: 10 } })
    const [member, flooding] = [await peer(relay, group), await peer(relay, foreign)]
    const answers = []
    for (let n = 0; n < 30; n++)
      answers.push(...(await flooding.put(await record(foreign, flooding.peerId, { signedAt: Date.now() - 100 + n }))))
    expect(answers.filter((answer) => answer?.type === 'error').length).to.be.within(15, 20)
    expect(answers.at(-1)).to.deep.equal({ type: 'error', code: 'busy' })
    expect(await member.put(await record(group, member.peerId))).to.deep.equal(ok)
    expect(relay.tally.rejections['shelf-rate']).to.be.above(14)
  })

  it('has as many places as it has, and a stranger with many groups displaces nothing of those that have one', async () => {
    const group = await newGroup()
    const relay = await start({ limits: { shelfGroups: 3 } })
    const member = await peer(relay, group)
    expect(await member.put(await record(group, member.peerId))).to.deep.equal(ok)
    const invented = await Promise.all(Array.from({ length: 5 }, newGroup))
    const stranger = await peer(relay, ...invented)
    const sealed = new Uint8Array(200_000)
    const codes = []
    for (const foreign of invented) {
      for (let n = 0; n < 20; n++) {
        const put = await record(foreign, stranger.peerId, { key: new Uint8Array(32).fill(n), sealed })
        const [answer] = await stranger.put(put)
        if (n === 0) codes.push(answer?.type === 'error' ? answer.code : answer?.type)
      }
    }
    expect(codes).to.deep.equal(['ok', 'ok', 'full', 'full', 'full'])
    expect(await member.get(group)).to.have.length(1)
    expect(await member.put(await record(group, member.peerId))).to.deep.equal(ok)
    expect(relay.figures.shelfGroups).to.equal(3)
    expect(relay.figures.shelfBytes).to.be.below(8_000_000)
  })

  it('gives each named group a place, and is not there unless it is asked for', async () => {
    const group = await newGroup()
    const named = await start({ groups: [group.id] })
    const member = await peer(named, group)
    const sealed = new Uint8Array(200_000)
    for (let n = 0; n < 30; n++)
      expect(
        await member.put(await record(group, member.peerId, { key: new Uint8Array(32).fill(n), sealed }))
      ).to.deep.equal(ok)
    // More than an eighth of it.
    expect(named.figures.shelfRecords).to.equal(30)
    const without = await leaves.relay()
    const other = await peer(without, group)
    const failure = await other.put(await record(group, other.peerId)).then(() => undefined, String)
    expect(failure).to.include('UnsupportedProtocolError')
  })

  it('is warned of, and goes on giving, when the disk is too full to remove what has expired', async () => {
    const group = await newGroup()
    const shelf = { directory: mkdtempSync(join(folder, 'one-')), bytes: 8_000_000 }
    await (await start({ shelf })).stop()
    refuseOnShelf(shelf.directory, 'DELETE')
    const said = new EventEmitter()
    const warned = once(said, 'warning')
    // Of too few files that can be open, it warns without a reason.
    const warn = (about: object) => void ('why' in about && said.emit('warning', about.why))
    const logger = { debug() {}, info() {}, warn }
    const relay = await start({ shelf, logger, limits: { sweepMs: 20 } })
    const member = await peer(relay, group)
    expect(await member.put(await record(group, member.peerId))).to.deep.equal(ok)
    const expiring = { key: new Uint8Array(32).fill(2), expiresAt: Date.now() + 2000 }
    expect(await member.put(await record(group, member.peerId, expiring))).to.deep.equal(ok)
    expect(await warned).to.deep.equal(['database or disk is full'])
    expect(await member.get(group)).to.have.length(1)
  })

  it('answers no more once a proof has expired', async () => {
    const short = await openGroup('ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE', Date.now, 1000)
    const relay = await start({ limits: { sweepMs: 50, unprovenMs: 300 } })
    const member = await peer(relay, short)
    expect(await member.get(short)).to.deep.equal([])
    await member.ended
  })
})
