import type { ReactNode } from 'preact/compat'
import type { RoundReport } from './github/rounds.ts'
import { RelativeTime } from './panels/relative-time.tsx'
import { refreshWords } from './states/refresh-words.ts'

interface HeaderProps {
  refreshing: boolean
  report: RoundReport | undefined
  canRefresh: boolean
  refreshNow(): void
  openSettings(): void
  children: ReactNode
}

export function Header({ refreshing, report, canRefresh, refreshNow, openSettings, children }: HeaderProps) {
  return (
    <header className="header">
      <h1>Team dashboard</h1>
      <p className="header-status quiet">
        {refreshing
          ? 'Refreshing…'
          : report && (
              <>
                {refreshWords(report)} <RelativeTime at={report.at} />
              </>
            )}
      </p>
      <div className="header-actions">
        {canRefresh && (
          <button type="button" onClick={refreshNow} aria-disabled={refreshing}>
            Refresh
          </button>
        )}
        <button type="button" onClick={openSettings}>
          Settings
        </button>
        {children}
      </div>
    </header>
  )
}
