import { within } from '../abort.ts'
import { fromHex, hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import { createUnasked } from '../cache/unasked.ts'
import type { Discovery } from '../discovery/discovery.ts'
import { staticPeers } from '../discovery/static.ts'
import type { Entry, EntrySummary } from '../entry.ts'
import type { Emit } from '../events.ts'
import { createProofCheck, type Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Counters, MeshStats } from '../stats.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import { createValues, type Values } from '../values.ts'
import { createAsk, transferMs } from './ask.ts'
import { createDialler } from './dialler.ts'
import { createGuard, type Guard } from './guard.ts'
import type { HeadCheck } from './head.ts'
import { createHear } from './hear.ts'
import { createHolders } from './holders.ts'
import { homesOf } from './homes.ts'
import { createMembers } from './members.ts'
import { createMirror } from './mirror.ts'
import { createPresence } from './presence.ts'
import { createRelays, type Relay } from './relays.ts'
import { createResponseTimes } from './response-times.ts'
import { createServe } from './serve.ts'
import { createTake } from './take.ts'
import { createTell } from './tell.ts'
import { createWants } from './wants.ts'

/** This member among the others: what the flow needs of them. */
export interface Network {
  readonly peerId: string
  readonly addresses: string[]
  readonly values: Values
  readonly guard: Guard
  start(): Promise<void>
  /** Members and relays that are missing are dialled now. */
  wake(): void
  /**
   * Asks whoever has it for something newer than what is held; what is found is in the cache afterwards. Within the budget
   * for members, or, where nobody else can be asked, as long as it takes to send the largest body. Never rejects.
   */
  ask(key: string, options: { held?: Entry; nobodyElse: boolean }): Promise<void>
  /** GitHub answered after this long, ms. */
  githubTook(ms: number): void
  /** A member's entry was served here. */
  used(key: string): void
  announce(key: string, entry: Entry): void
  touched(key: string, entry: Entry): void
  purge(target: string, asOf: number): Promise<void>
  peers(): Peer[]
  relays(): Relay[]
  /** Connected members that hold this very body now. */
  holders(key: string, hash: string): Promise<Peer[]>
  /** Figures of members heard lately, by name. */
  stats(): Record<string, Partial<MeshStats>>
  stop(): Promise<void>
}

export interface NetworkOptions {
  groups: readonly [Group, ...Group[]]
  transport: Transport
  discovery: readonly Discovery[]
  /** Multiaddrs of relays, each ending in its peer id. */
  relays: readonly string[]
  cache: Cache
  counters: Counters
  limits: Limits
  emit: Emit
  name: string
  version: string
  localNow: () => number
  /** GitHub's clock. */
  now: () => number
  random: () => number
  clock: { now(): number; readonly fromOrigin: boolean; hear(peerId: string, githubNow: number): void }
  check(): HeadCheck
  mayShare(entry: Pick<EntrySummary, 'url' | 'public' | 'local'>): boolean
  purged(target: string, asOf: number, from: string): Promise<void>
  ownStats(): MeshStats
  expired(key: string): void
}

/** Members asked for one key; the second where the first is slow. */
const askedAtMost = 2
/** Of the budget for members: who answers within that is not slow. */
const slowShare = 0.3

export function createNetwork(options: NetworkOptions): Network {
  const { groups, transport, cache, counters, limits, localNow, clock, mayShare } = options
  const [group] = groups
  const guard = createGuard(limits, counters, localNow, (peerId) => void transport.disconnect(peerId))
  const holders = createHolders(options.now, limits.clockSkewMs)
  const mirror = createMirror(options)
  // What the parts share; each takes of it what its own options name.
  const unasked = createUnasked({
    maxBytes: limits.unaskedBytes,
    maxEntries: limits.unaskedEntries,
    evict: (key) => void evictUnused(key).catch(() => {})
  })
  const responseTimes = createResponseTimes({
    now: localNow,
    slowMs: limits.membersBudgetMs * slowShare,
    lateMs: limits.membersBudgetMs
  })
  const shared = { ...options, group, guard, holders, mirror, unasked, responseTimes }
  const tell = createTell(shared)
  const ask = createAsk(shared)
  const presence = createPresence({ ...options, tell })
  const checkProof = createProofCheck(groups, localNow, limits.proofLifetimeMs)
  const members = createMembers({
    ...options,
    mayStay: (peerId) => relays.has(peerId),
    unproven: (peerId) => void transport.disconnect(peerId)
  })
  const { isConnected } = members
  const relays = createRelays({ ...options, ask, isConnected, reserved: presence.greet })
  const discovery = [...options.discovery, ...(options.relays.length > 0 ? [staticPeers([...options.relays])] : [])]
  const dialler = createDialler({ ...options, discovery, isConnected, isRelay: relays.has, ticked: relays.tick })
  const take = createTake({
    ...shared,
    async noted(key) {
      const entry = (await cache.find(key))?.entries.find(mayShare)
      if (entry) await mirror.add(key, entry.hash, entry.asOf)
    }
  })
  const values = createValues({
    ...shared,
    peerId: () => transport.peerId,
    tell: tell.value,
    ask: (key) => askFor(key, { nobodyElse: true })
  })

  /** Unless GitHub has shown it to this member meanwhile. */
  async function evictUnused(key: string): Promise<void> {
    const entries = (await cache.find(key))?.entries ?? []
    if (entries.every(({ from, confirmed }) => from !== undefined && Object.values(confirmed).every((at) => at <= 0)))
      await cache.delete(key)
  }

  // --- asking

  async function askFor(key: string, { held, nobodyElse }: { held?: Entry; nobodyElse: boolean }): Promise<void> {
    const wireKey = await group.wireKey(key)
    const proven = members.list().map(({ id }) => id)
    const isWorthAsking = (peerId: string) => guard.hears(peerId) && responseTimes.isWorthAsking(peerId)
    const known = holders
      .of(hex(wireKey))
      .filter(({ peerId, asOf }) => proven.includes(peerId) && asOf > (held?.asOf ?? 0))
      .map(({ peerId }) => peerId)
    // With an entry in hand, only a member that has said to have a newer one is worth the wait.
    const wanted = known.length > 0 ? known : held ? [] : homesOf(hex(wireKey), proven, 2 * askedAtMost)
    const asked = wanted.filter(isWorthAsking).slice(0, askedAtMost)
    const maxWaitMs = limits.membersBudgetMs + (nobodyElse ? transferMs : 0)
    const got = await ask.first(asked, wireKey, { held: held && fromHex(held.hash), maxWaitMs })
    if (got) await receive(got, wireKey, group, true)
  }

  /** `named`: the group in whose names the wire key was said. */
  async function receive(
    got: NonNullable<Awaited<ReturnType<typeof ask.first>>>,
    wireKey: Uint8Array,
    named: Group,
    asked = false
  ): Promise<void> {
    const { from, body } = got
    if (got.kind === 'entry') await take({ head: got.head, wireKey, group: named, from, body, asked })
    else if (body) await values.take(got.head, wireKey, named, from, body)
  }

  const wants = createWants({
    limits,
    localNow,
    everybody: () => [transport.peerId, ...members.list().map(({ id }) => id)],
    self: () => transport.peerId,
    async pull({ peerId, wireKey, named }) {
      const got = responseTimes.isWorthAsking(peerId) ? await ask.get(peerId, wireKey) : undefined
      if (got) await receive(got, wireKey, named)
      return got?.body?.byteLength ?? 0
    }
  })

  // --- being with others

  /** Takes a peer's proof and answers with ours; the peer is asked in turn, for it may have come before it was. */
  async function prove(peerId: string, proof: Uint8Array): Promise<Uint8Array | undefined> {
    const checked = await checkProof(proof, peerId)
    if (!checked) {
      guard.reject(peerId, 'proof')
      return undefined
    }
    members.prove(peerId, checked.group)
    void introduce(peerId)
    return group.proofFor(transport.peerId)
  }

  const introducing = new Set<string>()

  /** Shows our proof and takes the peer's: only a peer that has taken ours answers questions. */
  async function introduce(peerId: string): Promise<void> {
    if (introducing.has(peerId) || members.isMember(peerId)) return
    introducing.add(peerId)
    const proof = await ask.proof(peerId)
    introducing.delete(peerId)
    if (proof === 'relay') return // not one of ours: it goes as whoever shows no proof
    const checked = proof && (await checkProof(proof, peerId))
    if (checked && members.join(peerId, checked.group)) await welcome(peerId)
    else if (proof && !checked) guard.reject(peerId, 'proof')
  }

  /** What a newcomer has that this member has not: late joiners learn the freshest keys, both ways. */
  async function welcome(peerId: string): Promise<void> {
    if (!members.isPresent(peerId)) presence.greet()
    presence.greet()
    for (const [wireKey, hash, asOf] of await ask.list(peerId)) {
      const name = hex(wireKey)
      holders.add(name, peerId, asOf)
      if (mirror.hashOf(name) !== hex(hash)) wants.add({ peerId, wireKey, named: group })
    }
  }

  const serve = createServe({ ...shared, prove, groupOf: members.groupOf })
  const hear = createHear({
    ...shared,
    checkProof,
    take,
    takeValue: values.take,
    wanted: (peerId, wireKey, named) => wants.add({ peerId, wireKey, named }),
    present(peerId, told, githubNow) {
      if (members.hear(peerId, told)) presence.greetFar()
      // Its answer to our proof may have been lost, on a connection that stays because it has shown its own.
      if (members.isConnected(peerId)) void introduce(peerId)
      dialler.heard(peerId, told)
      if (githubNow !== undefined) clock.hear(peerId, githubNow)
    }
  })

  return {
    get peerId() {
      return transport.peerId
    },
    get addresses() {
      return transport.addresses
    },
    values,
    guard,
    async start() {
      await transport.start(
        groups.map(({ topic }) => topic),
        {
          message: (from, bytes, through) => hear(from, bytes, through).catch(() => 'ignore' as const),
          request: (from, bytes) => serve(from, bytes),
          connect(peer) {
            if (!guard.hears(peer.id)) return void transport.disconnect(peer.id)
            members.connected(peer)
            dialler.met(peer.id)
            if (relays.has(peer.id)) relays.connected(peer.id)
            else void introduce(peer.id)
          },
          disconnect(peer) {
            members.disconnected(peer.id)
            dialler.lost(peer.id)
          },
          probed: (from) => members.groupOf(from) && options.name
        }
      )
      void mirror.load(options.expired)
      dialler.start()
      presence.start()
    },
    wake: dialler.wake,
    ask: (key, how) => askFor(key, how).catch(() => {}),
    githubTook: responseTimes.github,
    used: unasked.used,
    announce(key, entry) {
      void mirror.add(key, entry.hash, entry.asOf).then(() => tell.announce(key, entry))
    },
    touched(key, entry) {
      if (!mayShare(entry)) return
      void mirror.add(key, entry.hash, entry.asOf)
      tell.touch(key, entry.hash, entry.asOf)
    },
    purge: (target, asOf) => tell.purge(target, asOf),
    peers: () => members.list(),
    relays: relays.list,
    async holders(key, hash) {
      const wireKey = await group.wireKey(key)
      const peers = members.list()
      const got = await Promise.all(peers.map(({ id }) => ask.get(id, wireKey, fromHex(hash))))
      return peers.filter((_peer, i) => got[i] && hex(got[i].head.hash) === hash)
    },
    stats: () => members.stats(options.name),
    async stop() {
      wants.stop()
      presence.stop()
      await within(tell.flush(), limits.stopMs)
      tell.stop()
      await within(dialler.stop(), limits.stopMs)
      await transport.stop()
      members.stop()
    }
  }
}
