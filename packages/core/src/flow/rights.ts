import { LRU } from 'tiny-lru'
import type { Cache } from '../cache/cache.ts'
import { withAnswer } from '../confirmations.ts'
import type { OriginAnswer } from '../github/origin.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import { isRepository } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'

/** What GitHub's refusals end: a viewer's right to a body, a repository, or everything. */
export interface Rights {
  /** When an answer last ended this viewer's right to the repository, or to everything; ms, 0 for never. */
  revokedAt(request: Pick<ApiRequest, 'viewer' | 'repository'> & Partial<Pick<ApiRequest, 'key'>>): number
  /** Learns what ended in another process, or in this one before its start; undefined where that is known. */
  recall(request: Pick<ApiRequest, 'viewer' | 'repository'>): Promise<unknown> | undefined
  /** Takes an answer of GitHub that is neither 200 nor 304. */
  refused(request: ApiRequest, answer: OriginAnswer): Promise<void>
}

export interface RightsOptions {
  cache: Cache
  visibility: Visibility
  /** What was public was refused to a token, so whether its repository still is is not known any more. */
  doubt(request: ApiRequest, repository: string): void
  /** GitHub does not know a viewer's token. */
  ended(viewer: string, at: number): void
}

const maxRemembered = 10_000
// Unauthorised, forbidden, not found (which is how GitHub hides what is private), gone, blocked by law.
const endsRight = new Set([401, 403, 404, 410, 451])

export function createRights({ cache, visibility, doubt, ended }: RightsOptions): Rights {
  const revoked = new LRU<number>(maxRemembered)
  // An older question can be refused later than a newer one.
  const revoke = (name: string, at: number) => void revoked.set(name, Math.max(at, revoked.get(name) ?? 0))
  const recalled = new LRU<true>(maxRemembered)

  async function recall(name: string): Promise<void> {
    revoke(name, await cache.endedAt(name))
    recalled.set(name, true)
  }

  function end(name: string, at: number): void {
    revoke(name, at)
    void cache.keepEnds([name], at)
  }
  return {
    revokedAt: ({ viewer, repository, key }) =>
      Math.max(...[viewer, `${viewer} ${repository}`, `${viewer} ${key}`].map((name) => revoked.get(name) ?? 0)),

    recall({ viewer, repository }) {
      const names = [viewer, `${viewer} ${repository}`].filter((name) => !recalled.get(name))
      return names.length > 0 ? Promise.all(names.map(recall)) : undefined
    },

    async refused(request, { status, sentAt }) {
      if (!endsRight.has(status)) return
      const { key, viewer, repository, path } = request
      // Also where nothing is held: what was seen before may still come.
      revoke(`${viewer} ${key}`, sentAt)
      if (status === 401) {
        end(viewer, sentAt)
        ended(viewer, sentAt)
        if (viewer === anonymous) visibility.isOpen = false
      } else if (repository && isRepository(path)) {
        end(`${viewer} ${repository}`, sentAt)
        // Where nobody is shown anything without a token, that says nothing of the repository.
        if (viewer !== anonymous || visibility.isOpen) visibility.refused(repository, sentAt)
      } else if (viewer !== anonymous && repository && !visibility.isHidden(repository)) {
        if ((await cache.find(key))?.entries.some((entry) => entry.public)) {
          visibility.suspect(repository, sentAt)
          doubt(request, repository)
        }
      }
      await cache.touch(key, (entry) => ({ ...entry, confirmed: withAnswer(entry.confirmed, viewer, -sentAt) }))
    }
  }
}
