import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { createMesh, type Mesh, memoryStore, type Store, type Transport } from 'ghmesh'
import { asPage } from '../flow/members.ts'
import { type FaultyNetwork, faultyNetwork } from './faulty-network.ts'
import { paths, type Story, viewers } from './operations.ts'
import { createTruth, type Truth } from './truth.ts'

/** A whole member, with what the model knows of it. */
export interface ModelMember {
  mesh: Mesh
  transport: Transport
  store: Store
  /** Its error in ms, and whether GitHub's own has been read since the member started. */
  clock: { skewMs: number; knowsTheTime: boolean }
  /** By path: what GitHub showed until then is too old for this member, for it has changed or purged it; ms. */
  floors: Map<string, number>
  /** The same of what others have purged. */
  toldFloors: Map<string, number>
  /** By path and viewer: since when GitHub has shown the newest that this member gave; ms. */
  given: Map<string, number>
  /** By path and viewer: when GitHub last refused it through this member, ms. */
  refusedAt: Map<string, number>
}

export interface Group {
  readonly github: GitHub
  readonly network: FaultyNetwork
  readonly truth: Truth
  /** GitHub's clock, ms. */
  now: number
  outage: 502 | 'reset' | undefined
  readonly members: ModelMember[]
  /** A member may be wrong about the time by so much: where pages say what they saw, nobody may have told it to the others. */
  unsureMs(clock: ModelMember['clock']): number
  start(i: number, skewMs: number, store?: Store): Promise<void>
  /** Connects all that are not connected and can be. */
  connect(): Promise<void>
  /** Nothing is under way, as far as can be seen. */
  quiet(): Promise<void>
  stop(): Promise<void>
}

/** A member that could neither read GitHub's clock nor hear of it goes by its own, which may be wrong by so much. */
export const maxSkewMs = 180_000
// A folder that cannot be made: each member gets an identity in memory.
const nowhere = join(import.meta.filename, 'none')
const million = 1_000_000
const repositories = {
  'octocat/Hello-World': 'admin',
  'octo-org/website': 'admin',
  'octocat/secret-plans': 'admin'
} as const

/** What a purge of this covers. */
export const below = (target: string) =>
  paths.filter(
    (path) =>
      path.split('?')[0]?.toLowerCase() === target.toLowerCase() ||
      `${path}/`.toLowerCase().startsWith(`/repos/${target.toLowerCase()}/`)
  )

/** Survives the member that closes it. */
function lastingStore(): Store {
  const store = memoryStore()
  return { ...store, close: async () => {} }
}

export async function startGroup({ share, pages }: Story, random: () => number): Promise<Group> {
  const members: ModelMember[] = []
  // By peer id and target: when it was purged first, for of several the first may be what is heard. As its clock may have said.
  const purgedAt = new Map<string, number>()
  let calls = 0
  const github = await startGitHub({
    secondaryLimits: false,
    anonymousLimit: million,
    now: () => group.now,
    tokens: {
      [viewers.alice]: { login: 'alice', limit: million, permissions: repositories },
      [viewers.bob]: { login: 'bob', limit: million }
    }
  })
  const network = faultyNetwork(random)
  const truth = createTruth(github, () => group.now, paths, viewers)

  const group: Group = {
    github,
    network,
    truth,
    members,
    now: Date.UTC(2026, 3, 1),
    outage: undefined,
    unsureMs: ({ knowsTheTime }) => (knowsTheTime || !pages.includes(true) ? 0 : maxSkewMs),
    async start(i, skewMs, store = lastingStore()) {
      const before = members[i]
      const transport = network.transport()
      const isKept = before !== undefined && store === before.store
      const empty = () => new Map<string, number>()
      const known = isKept ? before : { floors: empty(), toldFloors: empty(), given: empty(), refusedAt: empty() }
      const { floors, toldFloors, given, refusedAt } = known
      const clock = { skewMs, knowsTheTime: false }
      const mesh = await createMesh({
        secret: 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE',
        apiUrl: github.url,
        name: `member ${i}`,
        token: async () => undefined,
        transport,
        discovery: [],
        store,
        share,
        cacheDir: nowhere,
        now: () => group.now + clock.skewMs,
        monotonicNow: () => group.now,
        random,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        limits: {
          touchBatchMs: 1,
          membersBudgetMs: 60,
          hedgeMs: 15,
          leaseHedgeMs: 20,
          leaseMs: 80,
          leaseWaitMs: 250,
          leaseTotalMs: 400,
          writeGapMs: 0,
          recheckMs: [],
          stopMs: 200,
          auditOneIn: 5
        },
        async fetch(input, init) {
          if (group.outage === 'reset') throw new TypeError('fetch failed')
          if (group.outage === 502) return new Response('<html>Unicorn!</html>', { status: 502 })
          calls++
          try {
            if (pages[i]) return await asPage(input, init)
            const answer = await fetch(input, init)
            if (answer.headers.has('x-github-request-id')) clock.knowsTheTime = true
            return answer
          } finally {
            calls--
          }
        }
      })
      mesh.addEventListener('purged', ({ detail: { target, peerId = transport.peerId } }) => {
        const name = `${peerId} ${target}`
        const isOwn = peerId === transport.peerId
        if (isOwn) purgedAt.set(name, purgedAt.get(name) ?? group.now - group.unsureMs(clock))
        const [raised, at] = isOwn ? [floors, group.now] : [toldFloors, purgedAt.get(name) ?? 0]
        for (const path of below(target)) raised.set(path, Math.max(at, raised.get(path) ?? 0))
      })
      members[i] = { mesh, transport, store, clock, floors, toldFloors, given, refusedAt }
    },
    async connect() {
      for (const { transport } of members)
        for (const other of members) {
          const [address = ''] = other.transport.addresses
          if (other.transport !== transport) await transport.dial(address).catch(() => {})
        }
      await group.quiet()
    },
    async quiet() {
      for (let still = 0; still < 12; ) {
        await new Promise((resolve) => setImmediate(resolve))
        still = calls + network.busy > 0 ? 0 : still + 1
      }
    },
    async stop() {
      group.outage = undefined
      await Promise.all([...members.map(({ mesh }) => mesh.stop()), github.stop()])
    }
  }
  return group
}
