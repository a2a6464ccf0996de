import type { ReactNode } from 'react'
import { RelativeTime } from './panels/relative-time.tsx'

interface HeaderProps {
  refreshing: boolean
  refreshedAt: number
  canRefresh: boolean
  refreshNow(): void
  openSettings(): void
  children: ReactNode
}

export function Header({ refreshing, refreshedAt, canRefresh, refreshNow, openSettings, children }: HeaderProps) {
  return (
    <header className="header">
      <h1>Team dashboard</h1>
      <p className="header-status quiet">
        {refreshing
          ? 'Refreshing…'
          : refreshedAt > 0 && (
              <>
                Refreshed <RelativeTime at={refreshedAt} />
              </>
            )}
      </p>
      <div className="header-actions">
        {canRefresh && (
          <button type="button" onClick={() => !refreshing && refreshNow()} aria-disabled={refreshing}>
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
