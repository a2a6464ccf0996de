import { cacheStatus, type Mesh } from 'ghmesh'

export interface Known {
  /** It was in the local cache before anybody was asked. */
  held: boolean
  /** Peer id of the member that the body came from. */
  member?: string | undefined
}

const whyStale: Record<string, string> = {
  'stale-rate-limit': 'the rate limit is used up',
  'stale-server-error': 'GitHub returned an error',
  'stale-network': 'GitHub cannot be reached'
}

/** Where a response came from, in words: its `Cache-Status`, its age, and what is left of the quota. */
export function whereFrom(response: Response, mesh: Mesh, known: Known): string {
  const parts = [source(response, mesh, known)]
  const age = response.headers.get('age')
  const hasBodyOfApi = response.headers.has('cache-status') && response.status !== 504
  if (age !== null && hasBodyOfApi) parts.push(`${age} s old`)
  for (const [resource, { limit, remaining }] of Object.entries(mesh.stats().quota)) {
    parts.push(`${remaining} of ${limit} units of quota left${resource === 'core' ? '' : ` (${resource})`}`)
  }
  return parts.join(', ')
}

function source(response: Response, mesh: Mesh, { held, member }: Known): string {
  const said = cacheStatus(response)
  if (!said) return `GitHub, not through the cache (${response.status})`
  const from = member === undefined ? 'a member' : `member ${nameOf(mesh, member)}`
  if (said.source === 'nobody') return 'nobody: neither the local cache nor a member has it'
  if (said.source === 'member') return held ? `local cache, received from ${from}` : from
  if (said.source === 'github') return `GitHub (${response.status})`
  if (said.detail === 'rate-limit') return 'nobody: GitHub refuses this token until its rate limit is over'
  if (said.detail === 'not-found') return 'local cache (GitHub said 404 a moment ago)'
  if (said.detail && said.detail in whyStale) return `local cache, stale because ${whyStale[said.detail]}`
  return said.forwardStatus === 304 ? 'local cache, confirmed by GitHub (304)' : 'local cache'
}

/** A member's name if it is known, or else the end of its peer id. */
export function nameOf(mesh: Mesh, peerId: string): string {
  return mesh.peers().find(({ id }) => id === peerId)?.name ?? `…${peerId.slice(-8)}`
}
