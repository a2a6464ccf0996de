import type { Issue, PullRequest, Release, Team, WorkflowRun } from '../github/answers.ts'
import { stateOfRun } from '../github/checks.ts'
import type { PullRow } from './pull-row.ts'
import { matches, parseSearch, type Searchable } from './search.ts'
import type { Sort, View } from './view.ts'

/** Something of a repository. */
export interface Of<Item> {
  repository: string
  item: Item
}

const dayMs = 86_400_000

/** Whether nothing has changed for so many days. */
export const isStale = (updatedAt: string, days: number, now: number): boolean =>
  now - Date.parse(updatedAt) > days * dayMs

const isAmong = (people: readonly { login: string }[] | null | undefined, me: string | undefined) =>
  me !== undefined && (people ?? []).some(({ login }) => login === me)
const isMine = ({ user, assignees }: Pick<Issue, 'user' | 'assignees'>, me: string | undefined) =>
  me !== undefined && (user?.login === me || isAmong(assignees, me))

/** Ids of the teams that the viewer is in. */
export type Teams = ReadonlySet<number>

/** The viewer's team that was asked for a review. */
export const teamAsked = ({ requested_teams }: PullRequest, mine: Teams): Team | undefined =>
  requested_teams?.find(({ id }) => mine.has(id))

export const asksMe = (pull: PullRequest, me: string | undefined, mine: Teams): boolean =>
  isAmong(pull.requested_reviewers, me) || (me !== undefined && teamAsked(pull, mine) !== undefined)

/** Of one's own: it does not go on before its author does something. */
export const isBlocked = ({ details, checks }: PullRow): boolean =>
  checks.state === 'failed' || details?.hasConflicts === true || details?.decision === 'changes-requested'

const searchableText = (...texts: (string | number | null | undefined)[]) => texts.join(' ').toLowerCase()

const pullText = ({ repository, pull, details, checks }: PullRow): Searchable => ({
  text: searchableText(pull.title, `#${pull.number}`, repository, pull.user?.login),
  repository,
  author: pull.user?.login ?? '',
  labels: (pull.labels ?? []).map(({ name }) => name),
  is: [
    'pr',
    ...(pull.draft ? ['draft'] : []),
    ...(checks.state === 'failed' ? ['failing'] : []),
    ...(details?.hasConflicts ? ['conflicting'] : []),
    ...(details?.decision === 'approved' ? ['approved'] : [])
  ]
})

const issueText = ({ repository, item }: Of<Issue>): Searchable => ({
  text: searchableText(item.title, `#${item.number}`, repository, item.user?.login),
  repository,
  author: item.user?.login ?? '',
  labels: item.labels.map(({ name }) => name),
  is: ['issue']
})

const runText = ({ repository, item }: Of<WorkflowRun>): Searchable => ({
  text: searchableText(item.display_title, item.name, item.head_branch, item.event, repository),
  repository,
  author: '',
  labels: [],
  is: ['run', ...(stateOfRun(item) === 'failed' ? ['failing'] : [])]
})

const releaseText = ({ repository, item }: Of<Release>): Searchable => ({
  text: searchableText(item.name, item.tag_name, repository, item.author?.login),
  repository,
  author: item.author?.login ?? '',
  labels: [],
  is: ['release']
})

interface Seen {
  view: View
  /** Undefined while it is not known. */
  me: string | undefined
  teams: Teams
  now: number
}

/** The rows of a kind that a view shows, in its order. */
function shownOf<Row>(
  rows: readonly Row[],
  { q, sort }: Pick<View, 'q' | 'sort'>,
  about: { searchable(row: Row): Searchable; time(row: Row): string; repository(row: Row): string },
  isIn: (row: Row) => boolean
): Row[] {
  const conditions = parseSearch(q)
  const found = rows.filter(
    (row) => isIn(row) && (conditions.length === 0 || matches(about.searchable(row), conditions))
  )
  return found.sort(orders[sort](about))
}

type About<Row> = { time(row: Row): string; repository(row: Row): string }
const orders: Record<Sort, <Row>(about: About<Row>) => (a: Row, b: Row) => number> = {
  newest:
    ({ time }) =>
    (a, b) =>
      time(b).localeCompare(time(a)),
  oldest:
    ({ time }) =>
    (a, b) =>
      time(a).localeCompare(time(b)),
  repository:
    ({ time, repository }) =>
    (a, b) =>
      repository(a).localeCompare(repository(b)) || time(b).localeCompare(time(a))
}

export function shownPulls(rows: readonly PullRow[], { view, me, teams, now }: Seen): PullRow[] {
  const about = {
    searchable: pullText,
    time: ({ pull }: PullRow) => pull.updated_at,
    repository: (row: PullRow) => row.repository
  }
  return shownOf(rows, view, about, (row) => {
    if (view.tab === 'mine') return isMine(row.pull, me)
    if (view.tab === 'waiting') return asksMe(row.pull, me, teams) || (isMine(row.pull, me) && isBlocked(row))
    return view.tab !== 'stale' || isStale(row.pull.updated_at, view.days, now)
  })
}

export function shownIssues(rows: readonly Of<Issue>[], { view, me, now }: Omit<Seen, 'teams'>): Of<Issue>[] {
  const about = {
    searchable: issueText,
    time: ({ item }: Of<Issue>) => item.updated_at,
    repository: (row: Of<Issue>) => row.repository
  }
  return shownOf(rows, view, about, ({ item }) => {
    if (view.tab === 'mine') return isMine(item, me)
    if (view.tab === 'waiting') return isAmong(item.assignees, me)
    return view.tab !== 'stale' || isStale(item.updated_at, view.days, now)
  })
}

export const shownRuns = (rows: readonly Of<WorkflowRun>[], view: View): Of<WorkflowRun>[] =>
  shownOf(
    rows,
    view,
    { searchable: runText, time: ({ item }) => item.updated_at, repository: (row) => row.repository },
    () => true
  )

export const shownReleases = (rows: readonly Of<Release>[], view: View): Of<Release>[] =>
  shownOf(
    rows,
    view,
    { searchable: releaseText, time: ({ item }) => item.published_at ?? '', repository: (row) => row.repository },
    () => true
  )
