/** The names that the users' runbook knows, in its order: a command that shows figures begins with them. */
export const figureNames = [
  'peer_id',
  'connected_peers',
  'peer_hits',
  'hits',
  'misses',
  'evictions',
  'expirations',
  'api_calls_made',
  'api_calls_saved',
  'hit_rate',
  'cache_size'
]
