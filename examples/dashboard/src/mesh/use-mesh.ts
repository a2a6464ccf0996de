import { createMesh, type Mesh } from 'ghmesh'
import { useEffect, useRef, useState } from 'react'
import type { Settings } from '../start/settings.ts'
import { isLocalRelay } from './local-relay.ts'

export type Connection =
  | { state: 'starting' }
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

/** A member for as long as the settings are the same; a new token alone needs no new one. And a way to try again with them. */
export function useMesh(settings: Settings | undefined, apiUrl: string): [Connection, tryAgain: () => void] {
  const [connection, setConnection] = useState<Connection>({ state: 'starting' })
  const token = useRef(settings?.token)
  token.current = settings?.token
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
    const made = before.current.then(() => {
      if (ended) return undefined
      return createMesh({
        apiUrl,
        ttlMs,
        limits: { membersBudgetMs },
        token: async () => token.current,
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
