import { apiPath, type ApiRequest } from './github/request.ts'
import { changedPaths } from './github/writes.ts'

type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>

export interface WritesOptions {
  apiUrl: URL
  /** When to look again after a write: an ETag can change later than the resource. */
  recheckMs: readonly number[]
  now: () => number
  repositoryName(id: string): string | undefined
  /** Makes a URL stale here and at every member. */
  changed(url: string, asOf: number): Promise<void>
  /** Asks GitHub again for what is held of these URLs. */
  recheck(urls: readonly string[], by: Writer): Promise<void>
}

/** After a successful write: what it changed is stale at once, and looked at again a little later. */
export function createWrites({ apiUrl, recheckMs, now, repositoryName, changed, recheck }: WritesOptions) {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  return {
    async done(url: URL, by: Writer): Promise<void> {
      const path = apiPath(url, apiUrl)?.replace(/^\/repositories\/(\d+)/, (alias, id) => {
        const name = repositoryName(id)
        return name ? `/repos/${name}` : alias
      })
      if (path === undefined || !/^\/(?:repos|repositories|user|users|orgs|gists|notifications)\b/.test(path)) return
      const base = apiUrl.href.replace(/\/$/, '')
      const urls = changedPaths(path).map((changedPath) => base + changedPath)
      const asOf = now()
      for (const changedUrl of urls) await changed(changedUrl, asOf)
      for (const delayMs of recheckMs) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void recheck(urls, by).catch(() => {})
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
