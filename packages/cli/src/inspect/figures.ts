import type { MeshStats } from 'ghmesh'
import { finalStats } from '../smoke/final-stats.ts'
import { shown } from '../terminal.ts'

/** A member's figures under the names that `smoke` uses, the runbook's first. */
export interface Figures {
  plain: Record<string, string | number>
  rejected: Record<string, number>
  quota: Record<string, { limit: number; remaining: number; reset_at: string }>
}

export function figuresOf(stats: MeshStats): Figures {
  const quota = Object.entries(stats.quota).map(([resource, { limit, remaining, resetAt }]) => [
    resource,
    { limit, remaining, reset_at: new Date(resetAt).toISOString() }
  ])
  const plain = {
    ...finalStats(stats, stats.connectedPeers),
    cache_bytes: stats.bytes,
    requests: stats.requests,
    collapsed: stats.collapsed,
    revalidated: stats.revalidated,
    stale: stats.stale,
    quota_spent: stats.quotaSpent,
    quota_saved: stats.quotaSaved
  }
  return { plain, rejected: stats.rejected, quota: Object.fromEntries(quota) }
}

/** The sum of many members has neither an id nor connections, and each has a quota of its own. */
export function sumOf(total: MeshStats): Figures {
  const { plain, rejected } = figuresOf(total)
  const { peer_id, connected_peers, ...sum } = plain
  return { plain: sum, rejected, quota: {} }
}

/** As they stand in a document. */
export const figureDocument = ({ plain, rejected, quota }: Figures): object => ({ ...plain, rejected, quota })

/** As `name: value`. */
export function figureLines({ plain, rejected, quota }: Figures): string[] {
  const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} ${count}`)
  return [
    ...Object.entries(plain).map(([name, value]) => `${name}: ${value}`),
    `rejected: ${reasons.join(', ') || 0}`,
    ...Object.entries(quota).map(
      ([resource, { limit, remaining, reset_at }]) =>
        `quota ${shown(resource)}: ${remaining} of ${limit} left until ${reset_at}`
    )
  ]
}

/** In one line, for a log. */
export function figureLine({ plain, quota }: Figures): string {
  const left = Object.entries(quota).map(([resource, { remaining }]) => [`quota_${shown(resource)}`, remaining])
  return [...Object.entries(plain), ...left].map(([name, value]) => `${name}=${value}`).join(' ')
}
