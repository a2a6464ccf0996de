import type { Mesh, MeshStats } from 'ghmesh'
import type { Output } from '../output.ts'

export type FinalStats = Record<string, string | number>

/** Notes the largest number of members at once: the one that mattered may have left before the end. */
export function watchPeers(mesh: Mesh): () => number {
  let most = mesh.peers().length
  const count = () => {
    most = Math.max(most, mesh.peers().length)
  }
  mesh.addEventListener('peer:connect', count)
  return () => most
}

/** The figures, under the names of the users' runbook. */
export function finalStats(stats: MeshStats, connectedPeers: number): FinalStats {
  return {
    peer_id: stats.peerId ?? '',
    connected_peers: connectedPeers,
    peer_hits: stats.peerHits,
    hits: stats.hits,
    misses: stats.misses,
    evictions: stats.evictions,
    expirations: stats.expirations,
    api_calls_made: stats.apiCallsMade,
    api_calls_saved: stats.apiCallsSaved,
    hit_rate: Math.round(stats.hitRate * 1000) / 1000,
    cache_size: stats.entries
  }
}

export function tellStats(output: Output, stats: FinalStats): void {
  output.line('Final stats')
  for (const [name, value] of Object.entries(stats)) output.line(`  ${name}: ${value}`)
}
