import { useCallback, useMemo } from 'preact/compat'
import type { Board as BoardData } from './board/use-board.ts'
import type { View } from './board/view.ts'
import { withoutMe } from './board/who.ts'
import type { Answers } from './github/answer.ts'
import type { RoundReport } from './github/rounds.ts'
import { FilterBar } from './panels/filter-bar.tsx'
import { Issues } from './panels/issues.tsx'
import { PullRequests } from './panels/pull-requests.tsx'
import { Releases } from './panels/releases.tsx'
import { RepositoryForm } from './panels/repository-form.tsx'
import { RepositoryList } from './panels/repository-list.tsx'
import { TeamAttention } from './panels/team-attention.tsx'
import { WorkflowRuns } from './panels/workflow-runs.tsx'
import type { useRepositories } from './start/use-repositories.ts'
import { nextWords } from './states/refresh-words.ts'
import type { TeamAttention as Team } from './states/use-attention.ts'

interface BoardProps {
  board: BoardData
  answers: Answers
  report: RoundReport | undefined
  repositories: ReturnType<typeof useRepositories>
  team: Team
  hasToken: boolean
  view: View
  change(change: Partial<View>): void
  /** Milliseconds since the epoch, to the minute. */
  now: number
}

/** Everything about the repositories: what needs attention, the repositories themselves, and what is in them. */
export function Board({ board, answers, report, repositories, team, hasToken, view, change, now }: BoardProps) {
  const { list, add, remove } = repositories
  const removable = useMemo(() => new Set(list), [list])
  const choose = useCallback((only: string | undefined) => change({ only }), [change])
  const waiting = board.repositories.filter(({ standing }) => standing === 'waiting').length
  const shown = { answers, repositories: board.shownNames }
  const instead = withoutMe(view.tab, board.me, hasToken)
  return (
    <>
      <div className="toolbar">
        <p className="row-about" data-refresh>
          {report ? nextWords(report, waiting, hasToken) : 'Loading…'}
        </p>
        <RepositoryForm add={add} label="Add repositories" />
      </div>
      <TeamAttention team={team} board={board} view={view} change={change} now={now} />
      <FilterBar view={view} change={change} />
      <RepositoryList
        rows={board.repositories}
        groups={board.expanded.groups}
        removable={removable}
        chosen={view.only}
        choose={choose}
        remove={remove}
      />
      <div className="panels">
        <PullRequests {...shown} shown={board.shownPulls} instead={instead} hasToken={hasToken} />
        <Issues {...shown} shown={board.shownIssues} instead={instead} q={view.q} search={(q) => change({ q })} />
        {view.tab === 'all' && (
          <>
            <WorkflowRuns {...shown} view={view} />
            <Releases {...shown} view={view} />
          </>
        )}
      </div>
    </>
  )
}
