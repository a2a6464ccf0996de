import { expect } from 'chai'
import type { MeshStats, Relay } from 'ghmesh'
import { metricsText } from '../src/proxy/metrics.ts'

const stats: MeshStats = {
  requests: 21,
  hits: 1,
  peerHits: 2,
  collapsed: 3,
  revalidated: 4,
  stale: 5,
  misses: 6,
  apiCallsMade: 10,
  apiCallsSaved: 11,
  quotaSpent: 6,
  spent: {},
  quotaSaved: 15,
  hitRate: 0.5,
  evictions: 7,
  expirations: 8,
  rejected: {},
  heldBack: {},
  entries: 9,
  bytes: 2 ** 40,
  connectedPeers: 3,
  knownPeers: 3,
  quota: {}
}
const group = {
  members: { one: stats, other: stats },
  total: { ...stats, apiCallsMade: 20, apiCallsSaved: 22, quotaSpent: 12, quotaSaved: 30 }
}
const counts = { passed: 12, refused: 14 }
const relay = (state: Relay['state']): Relay => ({ id: 'r', address: '/ip4/127.0.0.1/tcp/1/p2p/r', state })

describe('figures for Prometheus', () => {
  it('have a help, a type, a name and labels', async () => {
    const more = {
      ...stats,
      rejected: { proof: 2, 'message-rate': 3 },
      heldBack: { write: 4 },
      spent: { core: 1, graphql: 5 },
      quota: {
        core: { limit: 5000, remaining: 4990, used: 10, resetAt: 0 },
        'a "b" \\ \n': { limit: 30, remaining: 0, used: 30, resetAt: 0 }
      }
    }
    const relays = [relay('away'), relay('reserved'), relay('reserved')]
    expect(await metricsText(more, group, relays, counts, 60, '0.1.0')).to.equal(expected)
  })

  it('are no samples where nothing was counted yet', async () => {
    const text = await metricsText(stats, group, [], counts, 60, '0.1.0')
    const samples = /^ghmesh_(?:quota_remaining|quota_limit|rejected_total|relays).*$/gm
    expect(text.match(samples)).to.deep.equal(
      ['away', 'connected', 'reserved'].map((state) => `ghmesh_relays{state="${state}"} 0`)
    )
  })
})

// The text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
const expected = String.raw`# HELP ghmesh_requests_total Requests, by how they were answered.
# TYPE ghmesh_requests_total counter
ghmesh_requests_total{mode="hit"} 1
ghmesh_requests_total{mode="peer"} 2
ghmesh_requests_total{mode="collapsed"} 3
ghmesh_requests_total{mode="revalidated"} 4
ghmesh_requests_total{mode="stale"} 5
ghmesh_requests_total{mode="miss"} 6
ghmesh_requests_total{mode="passed"} 12
ghmesh_requests_total{mode="refused"} 14
# HELP ghmesh_api_calls_total Calls sent to GitHub.
# TYPE ghmesh_api_calls_total counter
ghmesh_api_calls_total 10
# HELP ghmesh_api_calls_saved_total Requests answered without a call to GitHub.
# TYPE ghmesh_api_calls_saved_total counter
ghmesh_api_calls_saved_total 11
# HELP ghmesh_quota_spent_total Units of the rate limit spent.
# TYPE ghmesh_quota_spent_total counter
ghmesh_quota_spent_total 6
# HELP ghmesh_spent_total The same, by resource: units, or points of GraphQL.
# TYPE ghmesh_spent_total counter
ghmesh_spent_total{resource="core"} 1
ghmesh_spent_total{resource="graphql"} 5
# HELP ghmesh_quota_saved_total Units of the rate limit saved.
# TYPE ghmesh_quota_saved_total counter
ghmesh_quota_saved_total 15
# HELP ghmesh_quota_remaining Remaining units of the rate limit, as GitHub last reported them, by resource.
# TYPE ghmesh_quota_remaining gauge
ghmesh_quota_remaining{resource="core"} 4990
ghmesh_quota_remaining{resource="a \"b\" \\ \n"} 0
# HELP ghmesh_quota_limit The rate limit, as GitHub last reported it, by resource.
# TYPE ghmesh_quota_limit gauge
ghmesh_quota_limit{resource="core"} 5000
ghmesh_quota_limit{resource="a \"b\" \\ \n"} 30
# HELP ghmesh_cache_entries Entries in the cache.
# TYPE ghmesh_cache_entries gauge
ghmesh_cache_entries 9
# HELP ghmesh_cache_bytes Bytes in the cache.
# TYPE ghmesh_cache_bytes gauge
ghmesh_cache_bytes 1099511627776
# HELP ghmesh_cache_evictions_total Entries evicted to make room.
# TYPE ghmesh_cache_evictions_total counter
ghmesh_cache_evictions_total 7
# HELP ghmesh_cache_expirations_total Entries removed because of their age.
# TYPE ghmesh_cache_expirations_total counter
ghmesh_cache_expirations_total 8
# HELP ghmesh_peers Connected members.
# TYPE ghmesh_peers gauge
ghmesh_peers 3
# HELP ghmesh_group_members Members heard from recently, this one included.
# TYPE ghmesh_group_members gauge
ghmesh_group_members 2
# HELP ghmesh_group_api_calls Calls sent to GitHub by these members.
# TYPE ghmesh_group_api_calls gauge
ghmesh_group_api_calls 20
# HELP ghmesh_group_api_calls_saved Requests that they answered without a call to GitHub.
# TYPE ghmesh_group_api_calls_saved gauge
ghmesh_group_api_calls_saved 22
# HELP ghmesh_group_quota_spent Units of the rate limit that they spent.
# TYPE ghmesh_group_quota_spent gauge
ghmesh_group_quota_spent 12
# HELP ghmesh_group_quota_saved Units of the rate limit that they saved.
# TYPE ghmesh_group_quota_saved gauge
ghmesh_group_quota_saved 30
# HELP ghmesh_relays Configured relays, by state.
# TYPE ghmesh_relays gauge
ghmesh_relays{state="away"} 1
ghmesh_relays{state="connected"} 0
ghmesh_relays{state="reserved"} 2
# HELP ghmesh_rejected_total Inbound data that was discarded, by reason.
# TYPE ghmesh_rejected_total counter
ghmesh_rejected_total{reason="proof"} 2
ghmesh_rejected_total{reason="message-rate"} 3
# HELP ghmesh_held_back_total What was not sent to GitHub, or later, to stay within the rate limits of a token, by reason.
# TYPE ghmesh_held_back_total counter
ghmesh_held_back_total{reason="write"} 4
# HELP ghmesh_uptime_seconds Seconds since the proxy started.
# TYPE ghmesh_uptime_seconds gauge
ghmesh_uptime_seconds 60
# HELP ghmesh_build_info The version, as a label.
# TYPE ghmesh_build_info gauge
ghmesh_build_info{version="0.1.0"} 1
`
