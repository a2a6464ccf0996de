import { type ApiRequest, apiPath } from './github/request.ts'
import type { Visibility } from './github/visibility.ts'
import { changedBy } from './github/writes.ts'
import type { Limits } from './limits.ts'

type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>

export interface WritesOptions {
  apiUrl: URL
  limits: Pick<Limits, 'recheckMs'>
  now: () => number
  visibility: Pick<Visibility, 'nameOf'>
  /** Makes a URL or repository stale here and at every member. */
  changed(target: string, asOf: number): Promise<void>
  /** Asks GitHub again for what is held of these. */
  recheck(targets: readonly string[], by: Writer): Promise<void>
}

/** After a successful write: what it changed is stale at once, and looked at again a little later. */
export function createWrites({ apiUrl, limits, now, visibility, changed, recheck }: WritesOptions) {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  return {
    async done(url: URL, by: Writer): Promise<void> {
      const path = apiPath(url, apiUrl)?.replace(/^\/repositories\/(\d+)/, (alias, id) => {
        const name = visibility.nameOf(id)
        return name ? `/repos/${name}` : alias
      })
      if (path === undefined || !/^\/(?:repos|repositories|user|users|orgs|gists|notifications)\b/.test(path)) return
      const base = apiUrl.href.replace(/\/$/, '')
      const targets = changedBy(path).map((target) => (target.startsWith('/') ? base + target : target))
      const asOf = now()
      for (const target of targets) await changed(target, asOf)
      for (const delayMs of limits.recheckMs) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void recheck(targets, by).catch(() => {})
        }, delayMs)
        timers.add(timer)
      }
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    }
  }
}
