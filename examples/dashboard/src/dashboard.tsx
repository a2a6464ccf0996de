import type { ReactNode } from 'react'
import { useFeed } from './github/use-feed.ts'
import { Header } from './header.tsx'
import { useLive } from './mesh/use-live.ts'
import type { Connection } from './mesh/use-mesh.ts'
import { Issues } from './panels/issues.tsx'
import { MeshPanel } from './panels/mesh-panel.tsx'
import { NoRepositories } from './panels/no-repositories.tsx'
import { PullRequests } from './panels/pull-requests.tsx'
import { Now } from './panels/relative-time.tsx'
import { Releases } from './panels/releases.tsx'
import { RepositoryForm } from './panels/repository-form.tsx'
import { RepositoryList } from './panels/repository-list.tsx'
import { WorkflowRuns } from './panels/workflow-runs.tsx'
import { adviceOn } from './start/secret.ts'
import type { Settings } from './start/settings.ts'
import type { useRepositories } from './start/use-repositories.ts'
import { withBlocked } from './states/blocked-notice.ts'
import { meshNotices } from './states/mesh-notices.ts'
import { NoticeList } from './states/notice-list.tsx'
import { type Action, githubNotices } from './states/notices.ts'
import { nextWords } from './states/refresh-words.ts'
import { missingNotice, missingRepositories, tooManyNotice, waitingRepositories } from './states/repository-notices.ts'
import { useBlocked } from './states/use-blocked.ts'
import { useNow } from './states/use-now.ts'
import { useOnline } from './states/use-online.ts'

interface DashboardProps {
  apiUrl: string
  settings: Settings
  connection: Connection
  repositories: ReturnType<typeof useRepositories>
  openSettings(): void
  /** For the next person to join. */
  invitationLink(): string
  themeChoice: ReactNode
}

export function Dashboard({
  apiUrl,
  settings,
  connection,
  repositories,
  openSettings,
  invitationLink,
  themeChoice
}: DashboardProps) {
  const running = connection.state === 'running' ? connection : undefined
  const live = useLive(running?.mesh)
  const now = useNow(1000)
  const isOnline = useOnline()
  const isBlocked = useBlocked(apiUrl)
  const { list, named, add, remove } = repositories
  const { answers, refreshing, report, refreshNow } = useFeed(running?.mesh, apiUrl, list, settings.token)

  const hasToken = settings.token !== undefined
  const hasSecret = settings.secret !== undefined
  const missing = missingRepositories(answers, list)
  const waiting = waitingRepositories(answers, list)
  const notices = [
    ...githubNotices({ isOnline, hasToken, answers, quota: live.stats?.quota.core, now }),
    ...(named > list.length ? [tooManyNotice(list.length, named)] : []),
    ...missing.map((repository) => missingNotice(repository, hasToken)),
    ...meshNotices({
      relays: live.relays,
      members: live.peers.length,
      hasSecret: hasSecret && running !== undefined && isOnline,
      isWeakSecret: settings.secret !== undefined && adviceOn(settings.secret).warning !== undefined,
      runningForMs: now - (running?.since ?? now),
      isSecurePage: location.protocol === 'https:'
    })
  ]
  const act = (action: Action) => {
    if (action === 'settings') openSettings()
    else if (action === 'try-again') refreshNow()
    else remove(action.slice('remove '.length))
  }
  const shown = { answers, repositories: list }

  return (
    <Now value={now}>
      <Header
        refreshing={refreshing}
        report={report}
        canRefresh={list.length > 0}
        refreshNow={refreshNow}
        openSettings={openSettings}
      >
        {themeChoice}
      </Header>
      <main id="main" className="layout" tabIndex={-1}>
        <div className="content">
          <NoticeList notices={isBlocked ? withBlocked(notices, apiUrl) : notices} act={act} />
          {list.length === 0 ? (
            <NoRepositories add={add} />
          ) : (
            <>
              <div className="toolbar">
                <RepositoryList repositories={list} missing={missing} waiting={waiting} remove={remove} />
                <RepositoryForm add={add} label="Add repositories" />
              </div>
              <p className="row-about" data-refresh>
                {report ? nextWords(report, waiting.length, hasToken) : 'Loading…'}
              </p>
              <div className="panels">
                <PullRequests {...shown} />
                <Issues {...shown} />
                <WorkflowRuns {...shown} />
                <Releases {...shown} />
              </div>
            </>
          )}
        </div>
        <MeshPanel
          live={live}
          isStarting={running === undefined}
          hasSecret={hasSecret}
          openSettings={openSettings}
          invitationLink={invitationLink}
        />
      </main>
    </Now>
  )
}
