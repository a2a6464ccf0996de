import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import { type Awaitable, assert, assertEqual, type ContractTest } from './contract.ts'

/** What the suite needs; each optional function is an ability, and without it its tests are left out. */
export interface DiscoveryContractSetup {
  /** A new discovery that nobody else uses; the suite stops it. */
  create(): Awaitable<Discovery>
  /** So many new ones that find each other, as those of different members do, and nobody else; the suite stops them. */
  group?(count: number): Awaitable<Discovery[]>
}

const peerIds = [
  '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X',
  '12D3KooWJvmsVymLrguoy5HPm3XMGH6VabpJFGJWF9EHdPTBjbmi',
  '12D3KooWPM2jcBqCeT3gyHpYBGkz3LuGPDynG5vLkPtV4UaoeyrK'
] as const

/** A record that could be real: some discoveries look at what they are given. */
function member(index: 0 | 1 | 2, port = 9100 + index): PeerRecord {
  const peerId = peerIds[index]
  const addresses = [`/ip4/127.0.0.1/tcp/${port}/p2p/${peerId}`, `/ip4/127.0.0.1/tcp/${port + 1000}/ws/p2p/${peerId}`]
  return { peerId, name: `member-${index}`, addresses, lastSeen: Date.now() }
}

/** Collects what a discovery finds; `until` waits for a record that fits, found already or later. */
function listener() {
  const records: PeerRecord[] = []
  const waiting = new Set<() => void>()
  const found = (record: PeerRecord) => {
    const { peerId, name, addresses, lastSeen } = record
    const isRecord = peerId && typeof name === 'string' && Array.isArray(addresses) && Number.isFinite(lastSeen)
    assert(isRecord, `expected a peer record, got ${JSON.stringify(record)}`)
    records.push(record)
    for (const look of waiting) look()
  }
  const until = (fits: (record: PeerRecord) => boolean) =>
    new Promise<PeerRecord>((resolve) => {
      const look = () => {
        const record = records.find(fits)
        if (!record) return
        waiting.delete(look)
        resolve(record)
      }
      waiting.add(look)
      look()
    })
  return { records, found, until, of: (peer: PeerRecord) => until(({ peerId }) => peerId === peer.peerId) }
}

/**
 * The acceptance suite of discoveries, for any test runner:
 * `for (const { name, run } of discoveryContract({ create: myDiscovery })) it(name, run)`
 * It waits for what must be found and never for time: give the runner's time limit for the rest.
 */
export function discoveryContract(setup: DiscoveryContractSetup): ContractTest[] {
  const tests: ContractTest[] = []
  const test = (name: string, make: () => Awaitable<Discovery[]>, run: (...all: Discovery[]) => Promise<void>) =>
    tests.push({
      name,
      async run() {
        const all = await make()
        try {
          await run(...all)
        } finally {
          await Promise.all(all.map((discovery) => discovery.stop()))
        }
      }
    })

  const alone = async () => [await setup.create()]
  test('has a name', alone, async (one) => {
    assert(one && typeof one.name === 'string' && one.name.length > 0, 'expected a name')
  })

  test('starts, announces itself again and again, and stops twice', alone, async (one) => {
    const { found } = listener()
    await one?.start(found)
    await one?.announce(member(0))
    await one?.announce(member(0))
    await one?.announce(member(0, 9200))
    await one?.stop()
    await one?.stop()
  })

  test('stops without a start', alone, async (one) => one?.stop())

  test('announces before the start', alone, async (one) => {
    await one?.announce(member(0))
    await one?.start(() => {})
  })

  const { group } = setup
  if (!group) return tests
  type Three = [a: Discovery, b: Discovery, c: Discovery]
  const together = (name: string, run: (...three: Three) => Promise<void>) =>
    test(name, () => group(3), run as (...all: Discovery[]) => Promise<void>)

  together('finds who announced before the start', async (a, b) => {
    const seen = listener()
    await a.start(() => {})
    await a.announce(member(0))
    await b.start(seen.found)
    const { name, addresses, lastSeen } = await seen.of(member(0))
    assertEqual({ name, addresses }, { name: 'member-0', addresses: member(0).addresses }, 'what was found')
    assert(Math.abs(Date.now() - lastSeen) < 60_000, `expected lastSeen in ms since the epoch, got ${lastSeen}`)
  })

  together('finds who announces after the start, both ways', async (a, b) => {
    const [seenByA, seenByB] = [listener(), listener()]
    await Promise.all([a.start(seenByA.found), b.start(seenByB.found)])
    await Promise.all([a.announce(member(0)), b.announce(member(1))])
    await Promise.all([seenByA.of(member(1)), seenByB.of(member(0))])
  })

  together('finds all of several', async (a, b, c) => {
    const seen = listener()
    await Promise.all([a.start(() => {}), b.start(() => {}), c.start(seen.found)])
    await Promise.all([a.announce(member(0)), b.announce(member(1)), c.announce(member(2))])
    await Promise.all([seen.of(member(0)), seen.of(member(1))])
  })

  together('tells again what has changed', async (a, b) => {
    const seen = listener()
    await Promise.all([a.start(() => {}), b.start(seen.found)])
    await a.announce(member(0))
    await seen.of(member(0))
    await a.announce(member(0, 9300))
    const { addresses } = await seen.until((record) => record.addresses[0]?.includes('/9300/') === true)
    assertEqual(addresses, member(0, 9300).addresses, 'addresses after the change')
  })

  together('takes its announcement back when it stops', async (a, b, c) => {
    const [before, after] = [listener(), listener()]
    await Promise.all([a.start(() => {}), b.start(before.found)])
    await a.announce(member(0))
    await before.of(member(0))
    await a.stop()
    await b.announce(member(1))
    await c.start(after.found)
    await after.of(member(1)) // c has looked
    assert(!after.records.some(({ peerId }) => peerId === member(0).peerId), 'a stopped member was found')
  })

  together('calls nobody after it has stopped', async (a, b, c) => {
    const [stopped, running] = [listener(), listener()]
    await Promise.all([a.start(stopped.found), b.start(() => {}), c.start(running.found)])
    await a.stop()
    const count = stopped.records.length
    await b.announce(member(1))
    await running.of(member(1)) // so a would have heard of it as well
    assertEqual(stopped.records.length, count, 'records found after stop')
  })

  return tests
}
