import { join } from 'node:path'
import { createRelay, type Relay, type RelayOptions } from '@ghmesh/relay'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { libp2pTransport, type Mesh, type MeshOptions, memoryStore, type Transport } from 'ghmesh'
import { decodeShelfQuestion } from '../../packages/core/src/protocol/shelf.ts'
import { connected, members } from '../libp2p/members.ts'
import { createCommands, type Running, root } from '../support/commands.ts'
import { next } from '../support/events.ts'

const repository = '/repos/octocat/hello-world'
const issues = (n: number) => Array.from({ length: n }, (_, i) => `${repository}/issues/${i + 1}`)
const bob = 'sim-token-bob'
const untilMs = 20_000

async function until(holds: () => unknown): Promise<void> {
  const giveUpAt = performance.now() + untilMs
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${untilMs} ms for: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('the shelf of a relay', () => {
  const here = members()
  const commands = createCommands()
  let relay: Relay | undefined
  before(() => here.github.repository('octocat/Hello-World').setIssues(250))
  afterEach(() => relay?.stop())
  after(() => commands.end())

  async function startRelay(options: RelayOptions = {}): Promise<Relay> {
    const shelf = { directory: commands.folder('shelf'), bytes: 64_000_000 }
    relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, shelf, ...options })
    await relay.start()
    return relay
  }
  /** A member with nothing on its disk that knows the relay and nobody else. */
  const member = (addresses: string[], options: MeshOptions = {}): Promise<Mesh> =>
    here.member({
      relays: addresses,
      discovery: [],
      random: () => 0.99, // no audits
      ...options,
      limits: { stopMs: 30_000, ...options.limits }
    })
  const status = (response: Response) => response.headers.get('cache-status')
  const readAll = (mesh: Mesh, paths: string[]) =>
    Promise.all(
      paths.map(async (path) => {
        const response = await mesh.fetch(here.url(path))
        return { body: await response.text(), status: status(response) }
      })
    )

  // README: "A relay that is started with `--shelf`"
  it('200 responses of a member that has gone are there for one that is alone, for no call, and later for free [long]', async () => {
    const { addresses } = await startRelay()
    const paths = issues(200)
    const first = await member(addresses)
    const fetched = await readAll(first, paths)
    await first.stop()
    await until(() => relay?.figures.members === 0)
    here.github.clearCalls()

    const second = await member(addresses, { token: bob })
    expect(await readAll(second, paths)).to.deep.equal(
      fetched.map(({ body }) => ({ body, status: 'ghmesh; hit; detail=peer' }))
    )
    expect(here.github.calls.map(({ path, status }) => [path, status])).to.deep.equal([])
    expect(second.stats()).to.deep.include({ peerHits: 200, apiCallsMade: 0, rejected: {} })
    await second.stop()

    // For whom all of it is stale.
    const third = await member(addresses, { token: bob, ttlMs: 1 })
    const revalidated = await readAll(third, paths)
    expect(revalidated.map(({ body }) => body)).to.deep.equal(fetched.map(({ body }) => body))
    for (const { status } of revalidated) expect(status).to.match(/fwd=stale; fwd-status=304/)
    await third.stop()
    expect(here.github.units()).to.equal(0)
    expect(third.stats().quotaSpent).to.equal(0)
  })

  it('has them still after its process was killed', async () => {
    const folder = commands.folder('relay')
    const start = (): Running =>
      commands.start(process.execPath, [
        join(root, 'relay/dist/ghmesh-relay.mjs'),
        ...['--host', '127.0.0.1', '--tcp-port', '0', '--ws-port', 'off', '--webrtc-port', 'off', '--http-port', 'off'],
        ...['--key-file', join(folder, 'identity.key'), '--shelf', '8MB', '--shelf-dir', join(folder, 'shelf')]
      ])
    const ready = async (running: Running) => {
      await running.said(/^GHMESH_RELAYS=\S+$/m)
      return [/^GHMESH_RELAYS=(\S+)$/m.exec(running.printed())?.[1] as string]
    }
    const killed = start()
    const writer = await member(await ready(killed))
    const paths = issues(20)
    await readAll(writer, paths)
    await writer.stop()
    killed.child.kill('SIGKILL')
    await killed.ended

    const again = start()
    here.github.clearCalls()
    const reader = await member(await ready(again), { token: bob })
    for (const { status } of await readAll(reader, paths)) expect(status).to.equal('ghmesh; hit; detail=peer')
    expect(here.github.count()).to.equal(0)
    again.child.kill('SIGTERM')
    await again.ended
  })

  it('gets what was fetched before the relay was there', async () => {
    const privateKey = privateKeyToProtobuf(await generateKeyPair('Ed25519'))
    const { addresses } = await startRelay({ privateKey, webSocketPort: 'off' })
    await relay?.stop()
    const writer = await member(addresses)
    await readAll(writer, issues(3))
    const again = here.github.count()
    const tcpPort = Number(/\/tcp\/(\d+)\//.exec(addresses[0] as string)?.[1])
    await startRelay({ privateKey, tcpPort, webSocketPort: 'off' })
    // These, and the repository, which is looked up only now.
    await until(() => relay?.figures.shelfRecords === 4)
    expect(here.github.count()).to.equal(again + 1)
  })

  it('gets nothing that is private', async () => {
    const { addresses } = await startRelay()
    const writer = await member(addresses, { share: 'group' })
    await writer.fetch(here.url('/repos/octocat/secret-plans/issues'))
    await writer.fetch(here.url(`${repository}/issues/1`))
    await writer.stop()
    // The issue, and the repository that was looked up for it.
    expect(relay?.figures.shelfRecords).to.equal(2)
    here.github.clearCalls()
    const reader = await member(addresses, { token: bob, share: 'group' })
    expect(status(await reader.fetch(here.url(`${repository}/issues/1`)))).to.equal('ghmesh; hit; detail=peer')
  })

  it('gets nothing again that was taken from it, and that costs no look-up', async () => {
    const { addresses } = await startRelay()
    const writer = await member(addresses)
    await readAll(writer, issues(3))
    await writer.stop()
    here.github.clearCalls()
    const reader = await member(addresses, { token: bob, ttlMs: 1 })
    await readAll(reader, issues(3))
    const puts = relay?.tally.shelfPuts
    await reader.stop()
    expect(relay?.tally.shelfPuts).to.equal(puts)
    expect(here.github.calls.map(({ path, status }) => [path.toLowerCase(), status])).to.have.deep.members(
      issues(3).map((path) => [path, 304])
    )
  })

  it('brings nothing that GitHub has not confirmed to who trusts nobody', async () => {
    const { addresses } = await startRelay()
    const writer = await member(addresses)
    await readAll(writer, issues(1))
    await writer.stop()
    here.github.clearCalls()
    const reader = await member(addresses, { token: bob, trust: 'verify' })
    expect((await readAll(reader, issues(1)))[0]?.status).to.match(/fwd-status=304/)
    expect(here.github.units()).to.equal(0)
  })

  it('is asked for a newer answer than is held, where nobody else is there', async () => {
    const { addresses } = await startRelay()
    const path = `${repository}/issues?per_page=5`
    const store = memoryStore()
    const before = await member(addresses, { token: bob, store })
    const [old] = await readAll(before, [path])
    await before.stop()
    const between = Date.now()
    here.github.repository('octocat/Hello-World').addIssue({ title: 'a new one' })
    const writer = await member(addresses, { ttlMs: 1 })
    const [fresh] = await readAll(writer, [path])
    expect(fresh?.body).to.not.equal(old?.body)
    await writer.stop()
    here.github.clearCalls()
    const after = await member(addresses, { token: bob, store, ttlMs: () => Date.now() - between })
    expect((await readAll(after, [path]))[0]).to.deep.equal({ body: fresh?.body, status: 'ghmesh; hit; detail=peer' })
    expect(here.github.count()).to.equal(0)
  })

  it('keeps nothing of a URL that was purged', async () => {
    const { addresses } = await startRelay()
    const writer = await member(addresses)
    const paths = issues(2)
    await readAll(writer, paths)
    await until(() => relay?.figures.shelfRecords === 3)
    await writer.purge(here.url(paths[0] as string))
    await writer.stop()
    here.github.clearCalls()
    const reader = await member(addresses, { token: bob })
    const [purged, other] = await readAll(reader, paths)
    expect(purged?.status).to.match(/fwd=uri-miss/)
    expect(other?.status).to.equal('ghmesh; hit; detail=peer')
    await reader.stop()
  })

  it('keeps nothing of a repository that turned out to be private', async () => {
    const { addresses } = await startRelay()
    const writer = await member(addresses)
    const paths = issues(3)
    await readAll(writer, paths)
    await until(() => relay?.figures.shelfRecords === 4)
    const control = here.github.repository('octocat/Hello-World')
    control.setVisibility('private')
    try {
      await writer.fetch(here.url(repository), { cache: 'no-cache' })
      await writer.stop()
      const calls = here.github.count()
      const reader = await member(addresses, { token: bob })
      for (const { status } of await readAll(reader, paths)) expect(status).to.match(/fwd=uri-miss/)
      expect(here.github.count()).to.be.at.least(calls + 3)
    } finally {
      control.setVisibility('public')
    }
  })

  /** A transport over which a relay's word that it has taken something arrives only once `release` is called, if it was sent after `hold`. */
  function slowToTake(relays: string[]) {
    let isHeld = false
    const gate = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const inner = libp2pTransport({ listenPort: 0, forceLocalhost: true, relays })
    const transport = new Proxy(inner, {
      get(target, name): unknown {
        const shelves = target.shelves
        if (name !== 'shelves' || !shelves) {
          const value = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        }
        return {
          isAt: (id: string) => shelves.isAt(id),
          async *request(id: string, bytes: Uint8Array, how: object) {
            const waits = isHeld && decodeShelfQuestion(bytes)?.type === 'put'
            for await (const frame of shelves.request(id, bytes, how)) {
              if (waits) {
                arrived.resolve()
                await gate.promise
              }
              yield frame
            }
          }
        }
      }
    }) as Transport
    const hold = () => {
      isHeld = true
      return arrived.promise
    }
    return { transport, hold, release: gate.resolve }
  }

  for (const how of ['purged', 'private'])
    it(`keeps nothing that becomes ${how} while the relay takes it`, async () => {
      const { addresses } = await startRelay()
      const slow = slowToTake(addresses)
      const writer = await member(addresses, { transport: slow.transport })
      const [path] = issues(1) as [string]
      const control = here.github.repository('octocat/Hello-World')
      await until(() => writer.relays().some(({ shelf }) => shelf))
      await readAll(writer, [repository])
      await until(() => relay?.figures.shelfRecords === 1)
      const arrived = slow.hold()
      await readAll(writer, [path])
      await arrived
      try {
        if (how === 'purged') {
          await writer.purge('octocat/Hello-World')
        } else {
          control.setVisibility('private')
          await writer.fetch(here.url(repository), { cache: 'no-cache' })
        }
        slow.release()
        await writer.stop()
        const reader = await member(addresses, { token: bob })
        expect((await readAll(reader, [path]))[0]?.status).to.match(/fwd=uri-miss/)
      } finally {
        control.setVisibility('public')
      }
    })

  it('is asked within the time for members, and members are asked first', async () => {
    const { addresses } = await startRelay()
    const a = await member(addresses)
    const b = await member(addresses, { token: bob })
    await Promise.all([connected(a, b), connected(b, a)])
    const [path] = issues(1) as [string]
    await here.gossips(a, b)
    const received = next(b, 'received', ({ url }) => url === here.url(path))
    await readAll(a, [path])
    await received
    const before = relay?.tally.shelfGets
    expect((await readAll(b, [path]))[0]?.status).to.equal('ghmesh; hit; detail=peer')
    expect(relay?.tally.shelfGets).to.equal(before)
    await Promise.all([a.stop(), b.stop()])
    // What the first one fetched: the issue, and its repository.
    expect(relay?.tally.shelfPuts).to.equal(2)
  })
})
