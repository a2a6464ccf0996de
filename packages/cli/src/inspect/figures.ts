import type { MeshStats } from 'ghmesh'
import { finalStats } from '../smoke/final-stats.ts'
import { shown } from '../terminal.ts'

/** A member's figures, under the names that `smoke` uses; those of the runbook come first. */
export interface Figures {
  plain: Record<string, string | number>
  rejected: Record<string, number>
  /** Not sent to GitHub, or later, to stay within a token's limits; by reason. */
  heldBack: Record<string, number>
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
  // A proxy of an earlier version does not say what it held back.
  return { plain, rejected: stats.rejected, heldBack: stats.heldBack ?? {}, quota: Object.fromEntries(quota) }
}

/** The sum of several members has no id and no connections, and each member has its own quota. */
export function sumOf(total: MeshStats): Figures {
  const { plain, rejected, heldBack } = figuresOf(total)
  const { peer_id, connected_peers, ...sum } = plain
  return { plain: sum, rejected, heldBack, quota: {} }
}

/** The figures as a JSON document has them. */
export const figureDocument = ({ plain, rejected, heldBack, quota }: Figures): object => ({
  ...plain,
  rejected,
  held_back: heldBack,
  quota
})

/** The figures as lines of `name: value`. */
export function figureLines({ plain, rejected, heldBack, quota }: Figures): string[] {
  const reasons = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ') || 0
  return [
    ...Object.entries(plain).map(([name, value]) => `${name}: ${value}`),
    `rejected: ${reasons(rejected)}`,
    `held_back: ${reasons(heldBack)}`,
    ...Object.entries(quota).map(
      ([resource, { limit, remaining, reset_at }]) =>
        `quota ${shown(resource)}: ${remaining} of ${limit} left until ${reset_at}`
    )
  ]
}

/** The figures in one line, for a log. */
export function figureLine({ plain, quota }: Figures): string {
  const left = Object.entries(quota).map(([resource, { remaining }]) => [`quota_${shown(resource)}`, remaining])
  return [...Object.entries(plain), ...left].map(([name, value]) => `${name}=${value}`).join(' ')
}
