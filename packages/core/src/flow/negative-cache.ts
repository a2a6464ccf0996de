import { LRU } from 'tiny-lru'
import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { maxAgeMs } from '../github/headers.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'

/** Remembers what GitHub said is not there, for each viewer and for a moment: pages ask for it again and again. */
export interface NegativeCache {
  /** GitHub's 404 to this viewer, unless something was written since, or what is held was shown to it by a later question. */
  get(request: ApiRequest, held: Pick<Entry, 'confirmed'> | undefined): OriginAnswer | undefined
  /** Unless the answer says `no-store`. */
  set(request: ApiRequest, answer: OriginAnswer): void
  /** It is there. */
  delete(key: string, viewer: string): void
  /** A write may have made what was missing. */
  clear(): void
}

export interface NegativeCacheOptions {
  githubNow: () => number
  notFoundMs: number
  /** When a write or purge last made a URL stale, ms on GitHub's clock. */
  purgedAt(url: string): number
}

const maxRemembered = 1000

export function createNegativeCache({ githubNow, notFoundMs, purgedAt }: NegativeCacheOptions): NegativeCache {
  const answers = new LRU<{ answer: OriginAnswer; until: number }>(maxRemembered)
  const nameOf = (key: string, viewer: string) => `${key} ${viewer}`
  return {
    get({ key, viewer, mode, canonical }, held) {
      const known = answers.get(nameOf(key, viewer))
      const isAsked = mode === 'no-cache' || mode === 'reload'
      if (!known || isAsked || known.until <= githubNow()) return undefined
      const { answer } = known
      const newerAt = Math.max(purgedAt(canonical), confirmedAt(held?.confirmed ?? {}, viewer) ?? 0)
      return newerAt >= answer.sentAt ? undefined : answer
    },
    set({ key, viewer }, answer) {
      if (maxAgeMs(answer.headers.get('cache-control') ?? undefined) === undefined) return
      answers.set(nameOf(key, viewer), { answer, until: githubNow() + notFoundMs })
    },
    delete: (key, viewer) => void answers.delete(nameOf(key, viewer)),
    clear: () => answers.clear()
  }
}
