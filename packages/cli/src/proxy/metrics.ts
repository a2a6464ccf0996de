import type { MeshStats, Relay } from 'ghmesh'

/** What the proxy counts besides the mesh. */
export interface ProxyCounts {
  /** Sent on without a look at the cache: writes, conditions of the client's own, GraphQL. */
  passed: number
  graphqlHits: number
  /** By the guard of the port or the socket. */
  refused: number
}

type Sample = [value: number, labels?: Record<string, string>]

const modes = {
  hit: 'hits',
  peer: 'peerHits',
  collapsed: 'collapsed',
  revalidated: 'revalidated',
  stale: 'stale',
  miss: 'misses'
} as const satisfies Record<string, keyof MeshStats>

const relayStates = ['away', 'connected', 'reserved'] as const satisfies Relay['state'][]

/** The figures in Prometheus' text format, version 0.0.4. */
export function metricsText(
  stats: MeshStats,
  relays: readonly Relay[],
  counts: ProxyCounts,
  uptimeSeconds: number,
  version: string
): string {
  const quotas = Object.entries(stats.quota)
  const byMode: Sample[] = [
    ...Object.entries(modes).map(([mode, name]): Sample => [stats[name], { mode }]),
    [counts.graphqlHits, { mode: 'graphql' }],
    [counts.passed, { mode: 'passed' }],
    [counts.refused, { mode: 'refused' }]
  ]
  return [
    family('ghmesh_requests_total', 'counter', 'Requests, by how they were answered.', byMode),
    family('ghmesh_api_calls_total', 'counter', 'Calls sent to GitHub.', [[stats.apiCallsMade]]),
    family('ghmesh_api_calls_saved_total', 'counter', 'Requests answered without a call to GitHub.', [
      [stats.apiCallsSaved]
    ]),
    family('ghmesh_quota_spent_total', 'counter', 'Units of the rate limit spent.', [[stats.quotaSpent]]),
    family('ghmesh_quota_saved_total', 'counter', 'Units of the rate limit saved.', [[stats.quotaSaved]]),
    family(
      'ghmesh_quota_remaining',
      'gauge',
      'Remaining units of the rate limit, as GitHub last reported them, by resource.',
      quotas.map(([resource, { remaining }]) => [remaining, { resource }])
    ),
    family(
      'ghmesh_quota_limit',
      'gauge',
      'The rate limit, as GitHub last reported it, by resource.',
      quotas.map(([resource, { limit }]) => [limit, { resource }])
    ),
    family('ghmesh_cache_entries', 'gauge', 'Entries in the cache.', [[stats.entries]]),
    family('ghmesh_cache_bytes', 'gauge', 'Bytes in the cache.', [[stats.bytes]]),
    family('ghmesh_cache_evictions_total', 'counter', 'Entries evicted to make room.', [[stats.evictions]]),
    family('ghmesh_cache_expirations_total', 'counter', 'Entries removed because of their age.', [[stats.expirations]]),
    family('ghmesh_peers', 'gauge', 'Connected members.', [[stats.connectedPeers]]),
    family(
      'ghmesh_relays',
      'gauge',
      'Configured relays, by state.',
      relayStates.map((state) => [relays.filter((relay) => relay.state === state).length, { state }])
    ),
    family(
      'ghmesh_rejected_total',
      'counter',
      'Inbound data that was discarded, by reason.',
      Object.entries(stats.rejected).map(([reason, n]) => [n, { reason }])
    ),
    family('ghmesh_uptime_seconds', 'gauge', 'Seconds since the proxy started.', [[uptimeSeconds]]),
    family('ghmesh_build_info', 'gauge', 'The version, as a label.', [[1, { version }]])
  ].join('')
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([value, labels]) => `${name}${labels ? labelText(labels) : ''} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const labelText = (labels: Record<string, string>) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',')}}`
