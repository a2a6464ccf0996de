import { useCallback, useEffect } from 'preact/compat'
import { useBoard } from './board/use-board.ts'
import { useView } from './board/use-view.ts'
import { Board } from './board.tsx'
import { useFeed } from './github/use-feed.ts'
import type { Connection } from './github/use-mesh.ts'
import { Header } from './header.tsx'
import { later, loadTheRest } from './later.tsx'
import { LiveProvider } from './mesh/live-context.tsx'
import { useDrawer } from './mesh/use-drawer.ts'
import { KeyHelp } from './panels/key-help.tsx'
import { MeshChip } from './panels/mesh-chip.tsx'
import { NoRepositories } from './panels/no-repositories.tsx'
import type { Settings } from './start/settings.ts'
import type { useRepositories } from './start/use-repositories.ts'
import type { Action } from './states/notices.ts'
import { PageNotices } from './states/page-notices.tsx'
import { useAttention } from './states/use-attention.ts'
import { useNow } from './states/use-now.ts'
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
  const hasRows = report !== undefined
  const team = useAttention(board, running?.mesh, now, hasRows)
  useEffect(() => {
    if (hasRows) void loadTheRest()
  }, [hasRows])
  const drawer = useDrawer()
  useWall(
    view.isWall,
    useCallback(() => change({ isWall: false }), [change])
  )
  const act = (action: Action) => {
    if (action === 'settings') openSettings()
    else if (action === 'try-again') refreshNow()
    else remove(action.slice('remove '.length))
  }
  const missing = board.repositories.filter(({ standing }) => standing === 'hidden').map(({ name }) => name)
  const mesh = { isStarting: running === undefined, hasSecret: settings.secret !== undefined }

  return (
    <LiveProvider mesh={running?.mesh}>
      <Header {...{ refreshing, report, refreshNow, openSettings }} canRefresh={list.length > 0}>
        <button type="button" onClick={() => change({ isWall: !view.isWall })} aria-pressed={view.isWall}>
          {view.isWall ? 'Leave wall mode' : 'Wall mode'}
        </button>
        <KeyHelp refresh={refreshNow} />
        <MeshChip {...mesh} button={drawer.button} isOpen={drawer.isOpen} toggle={drawer.toggle} />
        <ThemeChoice {...theme} />
      </Header>
      <main id="main" className="layout" data-drawer={drawer.isOpen} tabIndex={-1}>
        <div className="content">
          <PageNotices
            {...{ apiUrl, settings, answers, missing, act }}
            roundError={report?.error}
            entries={list}
            expanded={board.expanded}
            since={running?.since}
          />
          {list.length === 0 ? (
            <NoRepositories add={add} />
          ) : (
            <Board {...{ board, answers, report, repositories, team, hasToken, view, change, now }} />
          )}
        </div>
        {drawer.isOpen && <MeshPanel {...mesh} {...{ openSettings, invitationLink }} close={drawer.close} />}
      </main>
    </LiveProvider>
  )
}
