import { useEffect, useState } from 'preact/compat'

/** The last one is what Chromium called both at first. */
const names = ['local-network', 'loopback-network', 'local-network-access']
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Whether the browser keeps this page from the local network unless its user allows it, as Chromium does with pages from the
 * Internet (https://wicg.github.io/local-network-access/). Undefined where it is allowed, or the browser does not ask.
 */
export function useLocalNetwork(): 'denied' | 'prompt' | undefined {
  const [kept, setKept] = useState<'denied' | 'prompt'>()
  useEffect(() => {
    // Such a page is in there itself.
    if (loopback.test(location.hostname)) return
    const unmounted = new AbortController()
    const { signal } = unmounted
    const known: PermissionStatus[] = []
    const look = () => {
      const states = known.map(({ state }) => state)
      setKept((['denied', 'prompt'] as const).find((state) => states.includes(state)))
    }
    for (const name of names) {
      const query = async () => navigator.permissions.query({ name: name as PermissionName })
      query().then(
        (status) => {
          if (signal.aborted) return
          known.push(status)
          status.addEventListener('change', look, { signal })
          look()
        },
        () => {} // this browser has no such permission
      )
    }
    return () => unmounted.abort()
  }, [])
  return kept
}
