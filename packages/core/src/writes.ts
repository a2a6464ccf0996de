import { type ApiRequest, apiPath } from './github/request.ts'
import type { Visibility } from './github/visibility.ts'
import { changedBy, nearTo } from './github/writes.ts'
import type { Limits } from './limits.ts'

type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>

export interface WritesOptions {
  apiUrl: URL
  limits: Pick<Limits, 'recheckMs'>
  now: () => number
  visibility: Pick<Visibility, 'nameOf'>
  /** Makes a URL or repository stale: here at once, on disk and at every member as soon as that can be. */
  changed(target: string, asOf: number): Promise<void>
  /** Asks GitHub again for what is held of these. */
  recheck(targets: readonly string[], by: Writer): Promise<void>
}

/** After a successful write: what it changed is stale at once, and looked at again a little later. */
export function createWrites({ apiUrl, limits, now, visibility, changed, recheck }: WritesOptions) {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const underWay = new Set<Promise<void>>()
  let stopped = false
  return {
    /** Does what concerns the caller before it returns; the rest needs nobody to wait for it. */
    done(url: URL, by: Writer): void {
      const path = apiPath(url, apiUrl)?.replace(/^\/repositories\/(\d+)/, (alias, id) => {
        const name = visibility.nameOf(id)
        return name ? `/repos/${name}` : alias
      })
      if (path === undefined || !/^\/(?:repos|repositories|user|users|orgs|gists|notifications)\b/.test(path)) return
      const base = apiUrl.href.replace(/\/$/, '')
      const named = (targets: string[]) => targets.map((target) => (target.startsWith('/') ? base + target : target))
      const asOf = now()
      for (const target of named(changedBy(path))) {
        const work = changed(target, asOf).catch(() => {})
        underWay.add(work)
        void work.finally(() => underWay.delete(work))
      }
      if (stopped) return
      for (const delayMs of limits.recheckMs) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void recheck(named(nearTo(path)), by).catch(() => {})
        }, delayMs)
        timers.add(timer)
      }
    },
    /** Settles when what was written is stale on disk too, and at members. */
    async stop(): Promise<void> {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      await Promise.all(underWay)
    }
  }
}
