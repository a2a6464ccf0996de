import type { GroupStats, MeshStats, Relay } from 'ghmesh'
import { Counter, Gauge, Registry } from 'prom-client'

/** What the proxy counts besides the mesh. */
export interface ProxyCounts {
  /** Forwarded without using the cache: writes, the client's own conditions, GraphQL that is not kept. */
  passed: number
  /** Refused by the checks of the port or the socket. */
  refused: number
}

const modes = {
  hit: 'hits',
  peer: 'peerHits',
  collapsed: 'collapsed',
  revalidated: 'revalidated',
  stale: 'stale',
  miss: 'misses'
} as const satisfies Record<string, keyof MeshStats>

const relayStates = ['away', 'connected', 'reserved'] as const satisfies Relay['state'][]

type Kind = typeof Counter | typeof Gauge

/** Puts metrics into a registry: one with a single value, or one with a sample for each value of a label. */
function metricsIn(registry: Registry) {
  const common = (name: string, help: string) => ({ name: `ghmesh_${name}`, help, registers: [registry] })
  return {
    single(Metric: Kind, name: string, help: string, value: number) {
      new Metric(common(name, help)).inc(value)
    },
    each(Metric: Kind, name: string, help: string, label: string, values: (readonly [string, number])[]) {
      const metric = new Metric({ ...common(name, help), labelNames: [label] })
      for (const [of, value] of values) metric.inc({ [label]: of }, value)
    }
  }
}

/** The figures in Prometheus' text format, version 0.0.4. */
export async function metricsText(
  stats: MeshStats,
  group: GroupStats,
  relays: readonly Relay[],
  counts: ProxyCounts,
  uptimeSeconds: number,
  version: string
): Promise<string> {
  const registry = new Registry()
  const { single, each } = metricsIn(registry)
  const quotas = Object.entries(stats.quota)

  each(Counter, 'requests_total', 'Requests, by how they were answered.', 'mode', [
    ...Object.entries(modes).map(([mode, name]) => [mode, stats[name]] as const),
    ['passed', counts.passed],
    ['refused', counts.refused]
  ])
  single(Counter, 'api_calls_total', 'Calls sent to GitHub.', stats.apiCallsMade)
  single(Counter, 'api_calls_saved_total', 'Requests answered without a call to GitHub.', stats.apiCallsSaved)
  single(Counter, 'quota_spent_total', 'Units of the rate limit spent.', stats.quotaSpent)
  each(
    Counter,
    'spent_total',
    'The same, by resource: units, or points of GraphQL.',
    'resource',
    Object.entries(stats.spent)
  )
  single(Counter, 'quota_saved_total', 'Units of the rate limit saved.', stats.quotaSaved)
  const remaining = quotas.map(([resource, quota]) => [resource, quota.remaining] as const)
  each(
    Gauge,
    'quota_remaining',
    'Remaining units of the rate limit, as GitHub last reported them, by resource.',
    'resource',
    remaining
  )
  const limits = quotas.map(([resource, quota]) => [resource, quota.limit] as const)
  each(Gauge, 'quota_limit', 'The rate limit, as GitHub last reported it, by resource.', 'resource', limits)
  single(Gauge, 'cache_entries', 'Entries in the cache.', stats.entries)
  single(Gauge, 'cache_bytes', 'Bytes in the cache.', stats.bytes)
  single(Counter, 'cache_evictions_total', 'Entries evicted to make room.', stats.evictions)
  single(Counter, 'cache_expirations_total', 'Entries removed because of their age.', stats.expirations)
  single(Gauge, 'peers', 'Connected members.', stats.connectedPeers)
  // Sums of what members tell: they fall when one has gone or started again. By member, `ghmesh stats --group` shows them.
  const { members, total } = group
  single(Gauge, 'group_members', 'Members heard from recently, this one included.', Object.keys(members).length)
  single(Gauge, 'group_api_calls', 'Calls sent to GitHub by these members.', total.apiCallsMade)
  single(Gauge, 'group_api_calls_saved', 'Requests that they answered without a call to GitHub.', total.apiCallsSaved)
  single(Gauge, 'group_quota_spent', 'Units of the rate limit that they spent.', total.quotaSpent)
  single(Gauge, 'group_quota_saved', 'Units of the rate limit that they saved.', total.quotaSaved)
  const ofRelays = relayStates.map((state) => [state, relays.filter((relay) => relay.state === state).length] as const)
  each(Gauge, 'relays', 'Configured relays, by state.', 'state', ofRelays)
  each(
    Counter,
    'rejected_total',
    'Inbound data that was discarded, by reason.',
    'reason',
    Object.entries(stats.rejected)
  )
  each(
    Counter,
    'held_back_total',
    'What was not sent to GitHub, or later, to stay within the rate limits of a token, by reason.',
    'reason',
    Object.entries(stats.heldBack)
  )
  single(Gauge, 'uptime_seconds', 'Seconds since the proxy started.', uptimeSeconds)
  each(Gauge, 'build_info', 'The version, as a label.', 'version', [[version, 1]])
  // The library puts an empty line between two metrics.
  return (await registry.metrics()).replaceAll('\n\n', '\n')
}
