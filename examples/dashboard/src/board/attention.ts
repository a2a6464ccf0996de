import { asksMe, isBlocked, isStale, type Teams, teamAsked } from './filtered.ts'
import type { PullRow } from './pull-row.ts'
import { type RepositoryRow, wordsOfBranch } from './repository-row.ts'

/** Why something needs attention, the most pressing first. */
export const reasons = ['branch-failing', 'review-requested', 'mine-blocked', 'ready', 'waiting'] as const
export type Reason = (typeof reasons)[number]

export interface AttentionItem {
  reason: Reason
  /** `owner/name` of a repository, `owner/name#12` of a pull request. */
  key: string
  title: string
  /** Undefined for a default branch, which has no page of its own here. */
  url: string | undefined
  about: string
  row?: PullRow
}

interface Board {
  repositories: readonly RepositoryRow[]
  pulls: readonly PullRow[]
  /** The owner of the token; undefined without one. */
  me: string | undefined
  teams: Teams
  /** After how many days without a change a pull request waits too long. */
  days: number
  now: number
}

/** What needs somebody now. Each pull request is named once, for its most pressing reason. */
export function attentionOf({ repositories, pulls, me, teams, days, now }: Board): AttentionItem[] {
  const branches = repositories.flatMap(({ name, branch }): AttentionItem[] =>
    branch?.state === 'failed'
      ? [{ reason: 'branch-failing', key: name, title: name, url: undefined, about: wordsOfBranch(branch) }]
      : []
  )
  const items = pulls.flatMap((row): AttentionItem[] => {
    const reason = reasonOf(row, { me, teams, days, now })
    if (!reason) return []
    const { id, pull } = row
    return [{ reason, key: id, title: pull.title, url: pull.html_url, about: aboutOf(row, reason, { me, teams }), row }]
  })
  return [...branches, ...items].sort((a, b) => reasons.indexOf(a.reason) - reasons.indexOf(b.reason))
}

function reasonOf(row: PullRow, { me, teams, days, now }: Omit<Board, 'repositories' | 'pulls'>): Reason | undefined {
  const { pull, details, checks } = row
  if (asksMe(pull, me, teams)) return 'review-requested'
  const isOwn = me !== undefined && pull.user?.login === me
  if (isOwn && !pull.draft && isBlocked(row)) return 'mine-blocked'
  if (pull.draft) return undefined
  if (
    details?.isMergeable &&
    details.decision === 'approved' &&
    checks.state !== 'failed' &&
    checks.state !== 'running'
  ) {
    return 'ready'
  }
  return isStale(pull.updated_at, days, now) ? 'waiting' : undefined
}

function aboutOf(
  { pull, details, checks }: PullRow,
  reason: Reason,
  { me, teams }: Pick<Board, 'me' | 'teams'>
): string {
  const by = `by ${pull.user?.login ?? 'an unknown user'}`
  const team = teamAsked(pull, teams)
  const isOwn = pull.requested_reviewers?.some(({ login }) => login === me)
  if (reason === 'review-requested' && team && !isOwn) return `${by}, asked of team ${team.name}`
  if (reason !== 'mine-blocked') return by
  const why = [
    checks.state === 'failed' && 'checks failed',
    details?.hasConflicts && 'conflicts',
    details?.decision === 'changes-requested' && 'changes requested'
  ]
  return why.filter(Boolean).join(', ')
}

/** "(3) Team dashboard". */
export const titleOf = (count: number): string =>
  `${count > 0 ? `(${count.toLocaleString('en')}) ` : ''}Team dashboard · ghmesh`

/** The icon with the same count, as the build makes it. */
export const iconOf = (count: number): string =>
  count === 0 ? './icon.svg' : count > 9 ? './icon-many.svg' : `./icon-${count}.svg`
