import { createMesh, type Mesh } from 'ghmesh'
import { flushSync, useEffect, useRef, useState } from 'preact/compat'
import { isLocalRelay } from '../mesh/local-relay.ts'
import type { Settings } from '../start/settings.ts'
import type { Answers } from './answer.ts'
import { storedAnswers } from './stored-answers.ts'

export type Connection =
  /** `stored`: what this browser holds, to be shown until the mesh runs. */
  | { state: 'starting'; stored?: Answers }
  | { state: 'running'; mesh: Mesh; since: number }
  | { state: 'failed'; message: string }

// Below the minute between two refreshes, so that each finds out what is new.
const ttlMs = 55_000
// A page that starts is busy, and asks for much at once: it waits rather than spend what a member has.
const membersBudgetMs = 1500

/** Without the Web Crypto API nothing can be sealed, and the error of that would say nothing to a reader. */
const reasonOf = (error: Error): string =>
  crypto.subtle
    ? error.message
    : 'This page was loaded over http, where browsers offer no encryption. Load it over https, or work without a mesh.'

/**
 * A member for as long as the settings are the same; a new token alone needs no new one. And a way to try again with them.
 * `entries`: what to show of this browser's own copies before the rest is loaded.
 */
export function useMesh(
  settings: Settings | undefined,
  apiUrl: string,
  entries: readonly string[]
): [Connection, tryAgain: () => void] {
  const [connection, setConnection] = useState<Connection>({ state: 'starting' })
  const token = useRef(settings?.token)
  token.current = settings?.token
  const shown = useRef(entries)
  shown.current = entries
  const before = useRef<Promise<unknown>>(Promise.resolve())
  const [attempt, setAttempt] = useState(0)
  const wanted = settings && JSON.stringify([settings.secret, settings.relays])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt with the same settings is one, too
  useEffect(() => {
    if (wanted === undefined) return
    const [secret, relays] = JSON.parse(wanted) as [string | null, string[]]
    let ended = false
    setConnection({ state: 'starting' })
    // One after another: the member before holds this browser's identity until it has stopped.
    const currentToken = async () => token.current
    const made = before.current.then(async () => {
      if (ended) return undefined
      // Without the Web Crypto API no mesh can start, and that is said at once.
      if (secret && crypto.subtle) {
        const stored = await storedAnswers(apiUrl, shown.current, currentToken).catch(() => undefined)
        if (ended) return undefined
        // Drawn before the rest is asked for.
        if (stored) flushSync(() => setConnection({ state: 'starting', stored }))
      }
      return createMesh({
        apiUrl,
        ttlMs,
        // Those who hold the same token share what it told.
        graphqlTtlMs: ttlMs,
        limits: { membersBudgetMs },
        token: currentToken,
        ...(secret && { secret, relays, allowPrivateAddresses: relays.some(isLocalRelay) })
      })
    })
    made.then(
      (mesh) => !ended && mesh && setConnection({ state: 'running', mesh, since: Date.now() }),
      (error: Error) => !ended && setConnection({ state: 'failed', message: reasonOf(error) })
    )
    return () => {
      ended = true
      before.current = made.then((mesh) => mesh?.stop()).catch(() => {})
    }
  }, [wanted, apiUrl, attempt])

  return [connection, () => setAttempt((count) => count + 1)]
}
