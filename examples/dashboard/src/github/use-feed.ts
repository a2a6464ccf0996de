import type { Mesh } from 'ghmesh'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { firstMember } from '../mesh/first-member.ts'
import { type Answers, createFeed } from './feed.ts'
import { recall, refresh } from './refresh.ts'

const everyMs = 60_000
const nothing: Answers = new Map()
const nobody = () => () => {}

/** Answers for the panels, refreshed every minute while somebody can see them. */
export function useFeed(mesh: Mesh | undefined, apiUrl: string, repositories: readonly string[], token?: string) {
  const feed = useMemo(() => mesh && createFeed(mesh, apiUrl), [mesh, apiUrl])
  const answers = useSyncExternalStore(feed?.subscribe ?? nobody, feed?.answers ?? (() => nothing))
  const [busy, setBusy] = useState(0)
  const [refreshedAt, setRefreshedAt] = useState(0)
  const rounds = useRef(0)

  const load = useCallback(
    async (cache: RequestCache) => {
      if (!feed || repositories.length === 0) return
      const round = ++rounds.current
      setBusy((count) => count + 1)
      const asked = await refresh(feed, repositories, cache)
      // What an older round did not ask for, a newer one may have.
      if (round === rounds.current) feed.keepOnly(asked)
      setBusy((count) => count - 1)
      setRefreshedAt(Date.now())
    },
    [feed, repositories]
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: another token may see other things, so all is asked again
  useEffect(() => {
    if (!mesh || !feed) return
    let ended = false
    const start = async () => {
      await recall(feed, repositories)
      await firstMember(mesh)
      if (!ended) await load('default')
    }
    void start()
    const whenSeen = () => void (document.visibilityState === 'visible' && load('default'))
    const timer = setInterval(whenSeen, everyMs)
    document.addEventListener('visibilitychange', whenSeen)
    window.addEventListener('online', whenSeen)
    return () => {
      ended = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', whenSeen)
      window.removeEventListener('online', whenSeen)
    }
  }, [mesh, feed, load, repositories, token])

  return { answers, refreshing: busy > 0, refreshedAt, refreshNow: () => void load('no-cache') }
}
