import { useCallback, useEffect, useMemo, useRef } from 'preact/compat'
import { divide } from './board/set-aside.ts'
import { useBoard, useStableList } from './board/use-board.ts'
import { useView } from './board/use-view.ts'
import { withoutMe } from './board/who.ts'
import { useFeed } from './github/use-feed.ts'
import type { Connection } from './github/use-mesh.ts'
import { Header } from './header.tsx'
import { later, loadTheRest } from './later.tsx'
import { LiveProvider } from './mesh/live-context.tsx'
import { useDrawer } from './mesh/use-drawer.ts'
import { useMarks } from './mesh/use-marks.ts'
import { Attention } from './panels/attention.tsx'
import { FilterBar } from './panels/filter-bar.tsx'
import { Issues } from './panels/issues.tsx'
import { ItemActions, SetAside } from './panels/item-actions.tsx'
import { KeyHelp } from './panels/key-help.tsx'
import { MeshChip } from './panels/mesh-chip.tsx'
import { NoRepositories } from './panels/no-repositories.tsx'
import { PullRequests } from './panels/pull-requests.tsx'
import { Releases } from './panels/releases.tsx'
import { RepositoryForm } from './panels/repository-form.tsx'
import { RepositoryList } from './panels/repository-list.tsx'
import { WorkflowRuns } from './panels/workflow-runs.tsx'
import type { Settings } from './start/settings.ts'
import type { useRepositories } from './start/use-repositories.ts'
import type { Action } from './states/notices.ts'
import { PageNotices } from './states/page-notices.tsx'
import { nextWords } from './states/refresh-words.ts'
import { useNotifications } from './states/use-notifications.ts'
import { useNow } from './states/use-now.ts'
import { usePageTitle } from './states/use-page-title.ts'
import { useWall } from './states/use-wall.ts'
import { ThemeChoice } from './theme/theme-choice.tsx'
import type { useTheme } from './theme/use-theme.ts'

const MeshPanel = later(async () => (await import('./panels/mesh-panel.tsx')).MeshPanel)

interface DashboardProps {
  apiUrl: string
  settings: Settings
  connection: Connection
  repositories: ReturnType<typeof useRepositories>
  openSettings(): void
  /** For the next person to join. */
  invitationLink(): string
  theme: ReturnType<typeof useTheme>
}

export function Dashboard({
  apiUrl,
  settings,
  connection,
  repositories,
  openSettings,
  invitationLink,
  theme
}: DashboardProps) {
  const running = connection.state === 'running' ? connection : undefined
  const { list, add, remove } = repositories
  const { answers, refreshing, report, refreshNow } = useFeed(connection, apiUrl, list, settings.token)
  const hasToken = settings.token !== undefined
  const [view, change] = useView()
  const now = useNow(60_000)
  const board = useBoard({ answers, entries: list, view, hasToken, now })
  const { expanded, repositories: rows, me, attention } = board
  const watched = useStableList(attention.map(({ key }) => key))
  const { marks, mark } = useMarks(running?.mesh, watched)
  const { needing, aside, own } = useMemo(() => divide(attention, marks, me, now), [attention, marks, me, now])
  usePageTitle(needing.length)
  const hasRows = report !== undefined
  const notifications = useNotifications(needing, hasRows)
  useEffect(() => {
    if (hasRows) void loadTheRest()
  }, [hasRows])
  const drawer = useDrawer()
  const chip = useRef<HTMLButtonElement>(null)
  useWall(
    view.isWall,
    useCallback(() => change({ isWall: false }), [change])
  )

  const removable = useMemo(() => new Set(list), [list])
  const choose = useCallback((only: string | undefined) => change({ only }), [change])
  const named = (standing: string) => rows.filter((row) => row.standing === standing).map(({ name }) => name)
  const act = (action: Action) => {
    if (action === 'settings') openSettings()
    else if (action === 'try-again') refreshNow()
    else remove(action.slice('remove '.length))
  }
  const shown = { answers, repositories: board.shownNames }
  const instead = withoutMe(view.tab, me, hasToken)

  return (
    <LiveProvider mesh={running?.mesh}>
      <Header
        refreshing={refreshing}
        report={report}
        canRefresh={list.length > 0}
        refreshNow={refreshNow}
        openSettings={openSettings}
      >
        <button type="button" onClick={() => change({ isWall: !view.isWall })} aria-pressed={view.isWall}>
          {view.isWall ? 'Leave wall mode' : 'Wall mode'}
        </button>
        <KeyHelp refresh={refreshNow} />
        <MeshChip
          button={chip}
          isStarting={running === undefined}
          hasSecret={settings.secret !== undefined}
          isOpen={drawer.isOpen}
          toggle={drawer.toggle}
        />
        <ThemeChoice {...theme} />
      </Header>
      <main id="main" className="layout" data-drawer={drawer.isOpen} tabIndex={-1}>
        <div className="content">
          <PageNotices
            {...{ apiUrl, settings, answers, expanded, act }}
            missing={named('hidden')}
            since={running?.since}
          />
          {list.length === 0 ? (
            <NoRepositories add={add} />
          ) : (
            <>
              <div className="toolbar">
                <p className="row-about" data-refresh>
                  {report ? nextWords(report, named('waiting').length, hasToken) : 'Loading…'}
                </p>
                <RepositoryForm add={add} label="Add repositories" />
              </div>
              <Attention
                items={needing}
                certainty={board.certainty}
                now={now}
                days={view.days}
                setDays={(days) => change({ days })}
                choose={choose}
                actionsOf={(item) =>
                  me !== undefined && mark && <ItemActions item={item} me={me} isOwn={own.has(item.key)} mark={mark} />
                }
              >
                <SetAside aside={aside} me={me} {...(mark && { mark })} />
                {notifications.isPossible && (
                  <label className="check quiet">
                    <input
                      type="checkbox"
                      checked={notifications.isOn}
                      onChange={(event) => void notifications.set(event.currentTarget.checked)}
                    />
                    Notify me while I’m in another tab or window
                  </label>
                )}
              </Attention>
              <FilterBar view={view} change={change} />
              <RepositoryList
                rows={rows}
                groups={expanded.groups}
                removable={removable}
                chosen={view.only}
                choose={choose}
                remove={remove}
              />
              <div className="panels">
                <PullRequests {...shown} shown={board.shownPulls} instead={instead} hasToken={hasToken} />
                <Issues
                  {...shown}
                  shown={board.shownIssues}
                  instead={instead}
                  q={view.q}
                  search={(q) => change({ q })}
                />
                {view.tab === 'all' && (
                  <>
                    <WorkflowRuns {...shown} view={view} />
                    <Releases {...shown} view={view} />
                  </>
                )}
              </div>
            </>
          )}
        </div>
        {drawer.isOpen && (
          <MeshPanel
            isStarting={running === undefined}
            hasSecret={settings.secret !== undefined}
            openSettings={openSettings}
            invitationLink={invitationLink}
            close={() => {
              drawer.toggle()
              chip.current?.focus()
            }}
          />
        )}
      </main>
    </LiveProvider>
  )
}
