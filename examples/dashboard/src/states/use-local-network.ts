import { useEffect, useState } from 'preact/compat'

/** The last one is what Chromium called both at first. */
const names = ['local-network', 'loopback-network', 'local-network-access']
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Whether the user lets this page reach the local network, which Chromium asks of them where a page comes from the Internet
 * (https://wicg.github.io/local-network-access/). Undefined where browsers do not ask.
 */
export function useLocalNetwork(): PermissionState | undefined {
  const [state, setState] = useState<PermissionState>()
  useEffect(() => {
    // Such a page is in there itself.
    if (loopback.test(location.hostname)) return
    const unmounted = new AbortController()
    const { signal } = unmounted
    const known: PermissionStatus[] = []
    const look = () => {
      const states = known.map(({ state }) => state)
      setState((['denied', 'prompt', 'granted'] as const).find((state) => states.includes(state)))
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
  return state
}
