import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { expect } from 'chai'
import type { Mesh, MeshOptions } from 'ghmesh'
import { createExchange } from 'ghmesh/libp2p'
import { encodeAnswer } from 'ghmesh/protocol'
import { createLibp2p } from 'libp2p'
import { type Bytes, concat, fromHex, hex, utf8 } from '../../packages/core/src/bytes.ts'
import { keyOf } from '../../packages/core/src/github/key.ts'
import { openGroup } from '../../packages/core/src/group/group.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import {
  decodeShelfQuestion,
  encodeShelfAnswer,
  encodeShelved,
  type Shelved,
  shelfNumbers,
  shelfProtocol
} from '../../packages/core/src/protocol/shelf.ts'
import { members } from '../libp2p/members.ts'
import { headOf } from './entry-head.ts'

interface Left {
  sender: string
  sealed: Uint8Array
}
/** A wire key that was asked for, in hex, and what was left under it, the oldest first. */
type Wanted = { key: string; left: Left[] }

/** A relay whose shelf takes everything and gives what the test says. */
async function startHostileShelf() {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({ reservations: { maxReservations: 100 } }),
      pubsub: gossipsub()
    },
    start: false
  })
  const left = new Map<string, Left[]>()
  const self = {
    left,
    questions: 0,
    addresses: [] as string[],
    /** The frames of an answer to `get`; replaced by tests. */
    async *gives(wanted: Wanted[]): AsyncGenerator<Uint8Array> {
      for (const { key, left } of wanted) {
        const newest = left.at(-1)
        if (newest) yield record(key, newest)
      }
    },
    stop: () => node.stop()
  }
  await createExchange(node, {
    async *request() {
      yield encodeAnswer({ type: 'relay' })
    }
  }).start()
  const shelf = createExchange(
    node,
    {
      async *request(sender, bytes) {
        const question = decodeShelfQuestion(bytes)
        if (question?.type === 'put') {
          const name = hex(question.key)
          left.set(name, [...(left.get(name) ?? []), { sender, sealed: question.sealed.slice() }])
          yield encodeShelfAnswer({ type: 'ok' })
        } else if (question) {
          self.questions++
          const keys = question.keys.map(([key]) => hex(key))
          yield* self.gives(keys.map((key) => ({ key, left: left.get(key) ?? [] })))
        }
      }
    },
    { protocol: shelfProtocol, questionBytes: shelfNumbers.frameBytes }
  )
  await shelf.start()
  await node.start()
  self.addresses = node.getMultiaddrs().map(String)
  return self
}

const record = (key: string, { sender, sealed }: Left) =>
  encodeShelfAnswer({ type: 'record', key: fromHex(key), sender, sealed })

describe('a hostile shelf', () => {
  const here = members()
  let shelf: Awaited<ReturnType<typeof startHostileShelf>>
  let from = 1
  const repository = '/repos/octocat/hello-world'
  before(() => here.github.repository('octocat/Hello-World').setIssues(900))
  beforeEach(async () => {
    shelf = await startHostileShelf()
  })
  afterEach(() => shelf.stop())

  /** Looks up nothing by itself. */
  const quiet: MeshOptions = { token: 'sim-token-bob', share: () => false }
  const newPaths = (n: number) => Array.from({ length: n }, () => `${repository}/issues/${from++}`)
  const member = (options: MeshOptions = {}): Promise<Mesh> =>
    here.member({ relays: shelf.addresses, discovery: [], random: () => 0.99, ...options })
  const read = async (mesh: Mesh, path: string) => {
    const response = await mesh.fetch(here.url(path))
    expect(response.status).to.equal(200)
    return { body: await response.text(), status: response.headers.get('cache-status') }
  }
  /** A member fetches these, leaves them, and goes; resolves to the bodies. */
  async function leave(paths: string[], options: MeshOptions = {}): Promise<string[]> {
    const writer = await member({ ...options, limits: { stopMs: 30_000 } })
    const all = await Promise.all(paths.map((path) => read(writer, path)))
    await writer.stop()
    here.github.clearCalls()
    shelf.questions = 0
    return all.map(({ body }) => body)
  }
  /** A cold member gets what GitHub says, for a call each, and says why it did not believe the shelf. */
  async function costsOneCall(paths: string[], bodies: string[], rejected: Record<string, number>): Promise<Mesh> {
    const reader = await member(quiet)
    for (const [i, path] of paths.entries()) {
      const { body, status } = await read(reader, path)
      expect([body, status]).to.deep.equal([bodies[i], status?.replace(/fwd=[\w-]+/, 'fwd=uri-miss')])
    }
    expect(here.github.count((call) => call.path.includes('/issues/'))).to.equal(paths.length)
    expect(reader.stats().rejected).to.deep.equal(rejected)
    return reader
  }

  it('that is honest is one to compare with', async () => {
    const paths = newPaths(3)
    const bodies = await leave(paths)
    const reader = await member({ token: 'sim-token-bob' })
    for (const [i, path] of paths.entries())
      expect(await read(reader, path)).to.deep.equal({ body: bodies[i], status: 'ghmesh; hit; detail=peer' })
    expect(here.github.count()).to.equal(0)
  })

  it('is not asked for named values, which nobody leaves', async () => {
    await leave(newPaths(1))
    const reader = await member(quiet)
    while (!reader.relays()[0]?.shelf) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await reader.get('a value')).to.equal(undefined)
    expect(shelf.questions).to.equal(0)
  })

  it('that swaps records: each opens under its own key only', async () => {
    const paths = newPaths(3)
    const bodies = await leave(paths)
    shelf.gives = async function* (wanted) {
      for (const { key } of wanted) {
        const [other] = [...shelf.left].find(([name]) => name !== key) ?? []
        yield record(key, shelf.left.get(other as string)?.at(-1) as Left)
      }
    }
    await costsOneCall(paths, bodies, { sealed: 3 })
  })

  it('that changes bytes, cuts them off, or says that another has left them', async () => {
    const paths = newPaths(4)
    const bodies = await leave(paths)
    const changes: ((one: Left) => Left)[] = [
      (one) => ({ ...one, sealed: one.sealed.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) }),
      (one) => ({ ...one, sealed: one.sealed.slice(0, -1) }),
      (one) => ({ ...one, sealed: one.sealed.slice(0, 10) }),
      (one) => ({ ...one, sender: '12D3KooWNobody' })
    ]
    let n = 0
    shelf.gives = async function* (wanted) {
      for (const { key, left } of wanted) yield record(key, (changes[n++] as (one: Left) => Left)(left.at(-1) as Left))
    }
    await costsOneCall(paths, bodies, { sealed: 4 })
  })

  it('that sends frames of a wrong size, or none that are answers', async () => {
    const paths = newPaths(3)
    const bodies = await leave(paths)
    const answers = [
      new Uint8Array(shelfNumbers.frameBytes + 1),
      Uint8Array.of(1, 2, 3),
      concat(encodeShelfAnswer({ type: 'ok' }))
    ]
    shelf.gives = async function* () {
      yield answers.shift() as Bytes
    }
    await costsOneCall(paths, bodies, { size: 1, malformed: 2 })
  })

  it('that floods: nothing that was not asked for is read', async () => {
    const paths = newPaths(2)
    const bodies = await leave(paths)
    let sent = 0
    shelf.gives = async function* () {
      const [key, left] = [...shelf.left].at(-1) as [string, Left[]]
      const other = key.replace(/^../, key.startsWith('ff') ? '00' : 'ff')
      for (;;) {
        sent++
        yield record(other, left[0] as Left)
        if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await costsOneCall(paths, bodies, { key: 2 })
  })

  it('that refuses: GitHub is asked', async () => {
    const paths = newPaths(2)
    const bodies = await leave(paths)
    shelf.gives = async function* () {
      yield encodeShelfAnswer({ type: 'error', code: 'busy' })
    }
    await costsOneCall(paths, bodies, { refused: 2 })
  })

  it('that is silent: GitHub is asked when the time for members is over, and it is asked less and less', async () => {
    const paths = newPaths(12)
    await leave(paths)
    shelf.gives = async function* () {
      await new Promise(() => {})
    }
    const reader = await member({ ...quiet, limits: { membersBudgetMs: 300 } })
    for (const path of paths) expect((await read(reader, path)).status).to.match(/fwd=uri-miss/)
    expect(shelf.questions).to.be.within(1, 4)
  })

  it('that gives older records: what is stale is confirmed, and what is known to be newer is not replaced', async () => {
    const [path] = newPaths(1) as [string]
    const [older] = await leave([path])
    here.github.repository('octocat/Hello-World').editIssue(Number(path.split('/').at(-1)), { title: 'changed' })
    const [newer] = await leave([path], { ttlMs: 1 })
    expect(newer).to.not.equal(older)
    let which = 1
    shelf.gives = async function* (wanted) {
      for (const { key, left } of wanted) if (left[which]) yield record(key, left[which] as Left)
    }
    const reader = await member({ token: 'sim-token-bob', ttlMs: 1 })
    expect((await read(reader, path)).body).to.equal(newer)
    which = 0
    const again = await read(reader, path)
    expect([again.body, reader.stats().rejected]).to.deep.equal([newer, { replay: 1 }])
    const cold = await member({ token: 'sim-token-bob', ttlMs: 1 })
    const confirmed = await read(cold, path)
    expect(confirmed.body).to.equal(newer)
    expect(confirmed.status).to.match(/fwd=stale; fwd-status=200/)
  })

  it('that goes on like that is not asked any more, and relays still', async () => {
    const paths = newPaths(30)
    const bodies = await leave(paths)
    shelf.gives = async function* (wanted) {
      for (const { key, left } of wanted)
        yield record(key, { sender: (left[0] as Left).sender, sealed: new Uint8Array(100) })
    }
    const reader = await costsOneCall(paths, bodies, { sealed: 20 })
    expect(shelf.questions).to.equal(20)
    expect(reader.relays()[0]).to.include({ state: 'reserved' }).and.not.have.property('shelf')
  })
})

describe('a dishonest member with a shelf', () => {
  const here = members()
  let shelf: Awaited<ReturnType<typeof startHostileShelf>>
  beforeEach(async () => {
    shelf = await startHostileShelf()
  })
  afterEach(() => shelf.stop())

  it('leaves what is wrong: it is refused like what a member sends, and costs nobody a reputation', async () => {
    const group = await openGroup(here.secret, Date.now, 86_400_000)
    const liar = '12D3KooWLiar'
    const url = (n: number) => here.url(`/repos/octocat/hello-world/issues/${n}`)
    const body = utf8('{"title":"forged"}')
    async function forge(n: number, over: (shelved: Shelved) => Promise<Shelved> | Shelved): Promise<string> {
      const head = await headOf(url(n), body)
      const shelved = await over({ signedAt: Date.now(), entry: head, body: await deflate(body) })
      const wireKey = await group.wireKey(await keyOf(head))
      const context = { purpose: 'shelf', place: hex(wireKey), sender: liar }
      shelf.left.set(hex(wireKey), [{ sender: liar, sealed: await group.seal(encodeShelved(shelved), context) }])
      return url(n)
    }
    const now = Date.now()
    const bomb = await deflate(new Uint8Array(1_000_000))
    const cases: [string, (shelved: Shelved) => Promise<Shelved> | Shelved][] = [
      ['private', (one) => ({ ...one, entry: { ...one.entry, public: false } })],
      ['size', (one) => ({ ...one, body: bomb })],
      ['size', (one) => ({ ...one, entry: { ...one.entry, size: 16_000_000 } })],
      ['hash', (one) => ({ ...one, entry: { ...one.entry, hash: new Uint8Array(32) } })],
      ['future', (one) => ({ ...one, entry: { ...one.entry, asOf: now + 3_600_000 } })],
      ['future', (one) => ({ ...one, signedAt: now + 3_600_000 })],
      ['old', (one) => ({ ...one, signedAt: now - 8 * 86_400_000 })],
      ['old', (one) => ({ ...one, entry: { ...one.entry, asOf: now - 8 * 86_400_000 } })],
      ['key', async (one) => ({ ...one, entry: { ...one.entry, url: url(99) } })]
    ]
    const reader = await here.member({ relays: shelf.addresses, discovery: [], random: () => 0.99 })
    for (const [n, [reason, change]] of cases.entries()) {
      const before = reader.stats().rejected[reason] ?? 0
      const response = await reader.fetch(await forge(n + 1, change))
      expect(await response.text(), reason).to.not.include('forged')
      expect(reader.stats().rejected[reason], reason).to.equal(before + 1)
    }
    // As much as any dishonest member can do.
    expect(await (await reader.fetch(await forge(20, (one) => one))).text()).to.include('forged')
    expect(reader.relays()[0]).to.have.property('shelf', true)
  })
})
