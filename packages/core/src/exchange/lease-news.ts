import type { LeaseNews } from './lease.ts'
import { createPatientTimer } from './patient-timer.ts'

/** What the homes of a lease tell this member while it waits. */
export interface NewsLine {
  /** The next news that has come or comes within `ms`, on a busy thread within `withinMs`; undefined where none does. */
  next(ms: number, withinMs?: number): Promise<LeaseNews | undefined>
  close(): void
}

export interface LeaseNewsDesk {
  /** Opens a line before a home is asked, so that no news can come too early. */
  open(wireName: string, home: string): NewsLine
  /** Takes what a member says of a lease. False where nobody waits for it from that member. */
  take(wireName: string, from: string, news: LeaseNews): boolean
  /** Whether anybody here waits for news from this home. */
  isAwaited(wireName: string, home: string): boolean
}

/** More that a home sends before it was read is of no use: the last news counts. */
const maxUnread = 4

export function createLeaseNews(): LeaseNewsDesk {
  const lines = new Map<string, Set<(news: LeaseNews) => void>>()
  const nameOf = (wireName: string, home: string) => `${wireName} ${home}`

  return {
    open(wireName, home) {
      const name = nameOf(wireName, home)
      const unread: LeaseNews[] = []
      let wake = () => {}
      const take = (news: LeaseNews) => {
        unread.push(news)
        if (unread.length > maxUnread) unread.shift()
        wake()
      }
      lines.set(name, (lines.get(name) ?? new Set()).add(take))
      return {
        async next(ms, withinMs) {
          if (unread.length === 0) {
            const timer = createPatientTimer(() => wake())
            timer.start(ms, withinMs)
            await new Promise<void>((resolve) => {
              wake = resolve
            })
            timer.stop()
          }
          return unread.shift()
        },
        close() {
          const open = lines.get(name)
          open?.delete(take)
          if (open?.size === 0) lines.delete(name)
        }
      }
    },
    take(wireName, from, news) {
      const open = lines.get(nameOf(wireName, from))
      for (const take of open ?? []) take(news)
      return open !== undefined
    },
    isAwaited: (wireName, home) => lines.has(nameOf(wireName, home))
  }
}
