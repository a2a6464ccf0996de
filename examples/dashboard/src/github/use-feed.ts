import type { Mesh } from 'ghmesh'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'preact/compat'
import { firstMember } from '../mesh/first-member.ts'
import type { Answers } from './answer.ts'
import { createFeed } from './feed.ts'
import { headsInView } from './heads-in-view.ts'
import { recall } from './refresh.ts'
import { createRounds, type RoundReport } from './rounds.ts'
import type { Connection } from './use-mesh.ts'

const nothing: Answers = new Map()
const nobody = () => () => {}
/** The token that each mesh sent last: it changes on another page, where nothing of this one is left. */
const tokensUsed = new WeakMap<Mesh, string>()

/** When the next round is. */
interface Due {
  /** Milliseconds since the epoch: this clock can be set back. */
  at: number
  /** The same on the clock of `performance.now()`, which stops where the device sleeps. */
  tick: number
  hasFailed: boolean
}

const never: Due = { at: Number.POSITIVE_INFINITY, tick: Number.POSITIVE_INFINITY, hasFailed: false }
const isDue = ({ at, tick }: Due) => Date.now() >= at || performance.now() >= tick

/** Answers for the panels, refreshed while somebody can see them as often as GitHub's rate limit allows. */
export function useFeed(connection: Connection, apiUrl: string, repositories: readonly string[], token?: string) {
  const mesh = connection.state === 'running' ? connection.mesh : undefined
  const stored = useRef<Answers>(nothing)
  if (connection.state === 'starting') stored.current = connection.stored ?? nothing
  const hasToken = useRef(false)
  hasToken.current = token !== undefined
  const feed = useMemo(
    () => mesh && createFeed(mesh, apiUrl, { hasToken: () => hasToken.current, stored: stored.current }),
    [mesh, apiUrl]
  )
  const rounds = useMemo(() => mesh && feed && createRounds({ mesh, feed, inView: headsInView }), [mesh, feed])
  const answers = useSyncExternalStore(feed?.subscribe ?? nobody, feed?.answers ?? (() => stored.current))
  // Known at once, where a state is known only after the next frame.
  const running = useRef(0)
  const [refreshing, setRefreshing] = useState(false)
  const [report, setReport] = useState<RoundReport>()
  const isNewToken = useRef(false)
  const next = useRef<Due>({ at: 0, tick: 0, hasFailed: false })

  const load = useCallback(
    async (isAsked: boolean) => {
      if (!rounds || repositories.length === 0) return
      running.current++
      setRefreshing(true)
      next.current = never
      try {
        const ended = await rounds.run(repositories, isAsked)
        if (!ended) return
        const { at } = ended.next
        const tick = performance.now() + at - Date.now()
        next.current = { at, tick, hasFailed: ended.failed > 0 || ended.error !== undefined }
        setReport(ended)
      } finally {
        running.current--
        setRefreshing(running.current > 0)
      }
    },
    [rounds, repositories]
  )

  useEffect(() => {
    if (!mesh) return
    const before = tokensUsed.get(mesh)
    tokensUsed.set(mesh, token ?? '')
    if (before === undefined || before === (token ?? '')) return
    isNewToken.current = true
    feed?.takeOtherToken()
    rounds?.forgetQuota()
  }, [mesh, feed, rounds, token])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another token may see other things, so all is asked again
  useEffect(() => {
    if (!mesh || !feed) return
    let ended = false
    const start = async () => {
      // It only helps until the round, which says what is wrong.
      await recall(feed, repositories).catch(() => {})
      await firstMember(mesh)
      if (ended) return
      // Copies in this browser do not show whether GitHub accepts another token.
      const isAsked = isNewToken.current
      isNewToken.current = false
      await load(isAsked)
    }
    next.current = never
    void start()
    const whenDue = () => {
      if (document.visibilityState === 'visible' && isDue(next.current)) void load(false)
    }
    const whenOnline = () => {
      // Of a hidden page: due when it is seen again.
      if (next.current.hasFailed) next.current = { ...next.current, at: 0 }
      whenDue()
    }
    const timer = setInterval(whenDue, 1000)
    document.addEventListener('visibilitychange', whenDue)
    window.addEventListener('online', whenOnline)
    return () => {
      ended = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', whenDue)
      window.removeEventListener('online', whenOnline)
    }
  }, [mesh, feed, load, repositories, token])

  return { answers, refreshing, report, refreshNow: () => void (running.current === 0 && load(true)) }
}
