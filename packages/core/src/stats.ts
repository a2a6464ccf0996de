import type { Quota } from './github/rate-limit.ts'

/** Figures since `createMesh`; `entries`, `bytes`, `connectedPeers`, `knownPeers` and `quota` are current values. */
export interface MeshStats {
  /** GET and HEAD requests, GraphQL queries that are kept, and reads of named values; what is passed through does not count. */
  requests: number
  /** Answered from the cache with a body this member fetched itself. */
  hits: number
  /** Answered with a body that came from a member. */
  peerHits: number
  /** Waited for another request of this process. */
  collapsed: number
  /** GitHub answered 304. */
  revalidated: number
  /** An older answer was given because GitHub could not answer. */
  stale: number
  /** GitHub answered with a body or an error. */
  misses: number
  /** Requests sent to GitHub: also writes and whatever else is passed through, and those for visibility, audits and re-checks. */
  apiCallsMade: number
  /** Requests answered without one. */
  apiCallsSaved: number
  /** Units of the primary rate limit: 1 a call, 0 for an authorised 304. */
  quotaSpent: number
  /** The same by resource; of GraphQL points: 1 a call, or what the answer to a query that is kept says (`rateLimit { cost }`). */
  spent: Record<string, number>
  /** Units that the same requests would have cost without ghmesh, less those spent on them. */
  quotaSaved: number
  /** `apiCallsSaved / requests`, 0 to 1; 0 before the first request. */
  hitRate: number
  /** Records that went because the store was full. */
  evictions: number
  /** Records that went because they were too old. */
  expirations: number
  /** Inbound data that was dropped, by reason. */
  rejected: Record<string, number>
  /**
   * What was not sent to GitHub, or later, to stay within a token's limits. `limited`: answered with GitHub's last refusal;
   * `slow-start`: waited after a limit; `write`: waited for a second after another write; `reserve`: background work that was left out.
   */
  heldBack: Record<string, number>
  entries: number
  bytes: number
  connectedPeers: number
  /** Members that can be asked: those connected, and those that are dialled when there is a question for them. */
  knownPeers: number
  peerId?: string | undefined
  /** What GitHub last said of this member's limits, by resource. */
  quota: Record<string, Quota>
}

/** The same figures of every member that told its own, and their sum. */
export interface GroupStats {
  /** By name. */
  members: Record<string, MeshStats>
  total: MeshStats
}

export type Counter = 'hits' | 'peerHits' | 'collapsed' | 'revalidated' | 'stale' | 'misses'

/** The counting half; what is of now is added by the mesh. */
export interface Counters {
  /** The figures now, with those that are not counted here. */
  now(rest: Pick<MeshStats, 'entries' | 'bytes' | 'evictions' | 'connectedPeers' | 'knownPeers' | 'peerId'>): MeshStats
  asked(): void
  /** How a request was answered, and which call of GitHub it cost: none, or one that may have been free. */
  answered(how: Counter, call?: { free: boolean }): void
  called(units: number, resource: string): void
  rejected(reason: string): void
  heldBack(why: string): void
  quota(resource: string, quota: Quota): void
  expired(): void
}

const summed = [
  'requests',
  'hits',
  'peerHits',
  'collapsed',
  'revalidated',
  'stale',
  'misses',
  'apiCallsMade',
  'apiCallsSaved',
  'quotaSpent',
  'quotaSaved',
  'evictions',
  'expirations',
  'entries',
  'bytes'
] as const

/** What a member tells of itself. */
export const told = [...summed, 'hitRate', 'connectedPeers', 'knownPeers'] as const

export const emptyStats = (): MeshStats => ({
  ...(Object.fromEntries(told.map((name) => [name, 0])) as Record<(typeof told)[number], number>),
  spent: {},
  rejected: {},
  heldBack: {},
  quota: {}
})

export function createCounters(): Counters {
  const figures = emptyStats()
  return {
    now: (rest) => ({ ...structuredClone(figures), ...rest, hitRate: rateOf(figures) }),
    asked: () => {
      figures.requests++
    },
    answered(how, call) {
      figures[how]++
      if (!call) figures.apiCallsSaved++
      if (!call || call.free) figures.quotaSaved++
    },
    called(units, resource) {
      figures.apiCallsMade++
      figures.quotaSpent += units
      if (units > 0) figures.spent[resource] = (figures.spent[resource] ?? 0) + units
    },
    rejected(reason) {
      figures.rejected[reason] = (figures.rejected[reason] ?? 0) + 1
    },
    heldBack(why) {
      figures.heldBack[why] = (figures.heldBack[why] ?? 0) + 1
    },
    quota(resource, quota) {
      figures.quota[resource] = quota
    },
    expired: () => {
      figures.expirations++
    }
  }
}

const rateOf = ({ requests, apiCallsSaved }: MeshStats) => (requests === 0 ? 0 : apiCallsSaved / requests)

/** Adds up members' figures; `connectedPeers` is the number of members, `quota` stays with each. */
export function sumStats(figures: Record<string, Partial<MeshStats>>): GroupStats {
  const members = Object.fromEntries(Object.entries(figures).map(([name, own]) => [name, { ...emptyStats(), ...own }]))
  const total = emptyStats()
  for (const stats of Object.values(members)) {
    for (const name of summed) total[name] += stats[name]
    for (const name of ['rejected', 'heldBack', 'spent'] as const)
      for (const [reason, n] of Object.entries(stats[name])) total[name][reason] = (total[name][reason] ?? 0) + n
  }
  total.connectedPeers = Object.keys(members).length
  total.knownPeers = total.connectedPeers
  total.hitRate = rateOf(total)
  return { members, total }
}
