import type { Discovery } from './discovery.ts'

/** A way of discovery whose code is loaded when it starts: a member that caches for itself alone needs none of it. */
export function lateDiscovery(name: string, load: () => Promise<Discovery>): Discovery {
  let loading: Promise<Discovery> | undefined
  const loaded = () =>
    (loading ??= load().catch((error) => {
      loading = undefined // to be tried again
      throw error
    }))
  return {
    name,
    start: async (found) => (await loaded()).start(found),
    announce: async (self) => (await loaded()).announce(self),
    stop: async () => (await loading?.catch(() => undefined))?.stop()
  }
}
