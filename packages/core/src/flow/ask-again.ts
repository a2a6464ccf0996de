import { cacheStatus } from '../cache-status.ts'
import type { Entry } from '../entry.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Classifier } from './classify.ts'

export interface AskAgainOptions {
  classifier: Pick<Classifier, 'like'>
  /** Answers a request. */
  resolve(request: ApiRequest): Promise<Response>
  /** Whether the token's rate limit has something left for this. */
  canSpare(request: ApiRequest): boolean
}

/** Asks GitHub once more for what is held, in the background. */
export interface AskAgain {
  /** Resolves to the status of GitHub's answer, or undefined where it was not asked. */
  again(
    as: Pick<ApiRequest, 'authorization' | 'viewer'>,
    url: string,
    held: Pick<Entry, 'accept' | 'apiVersion'>,
    isAudit?: boolean
  ): Promise<number | undefined>
  /** Nothing is asked from now on. */
  stop(): void
}

export function createAskAgain({ classifier, resolve, canSpare }: AskAgainOptions): AskAgain {
  let stopped = false
  return {
    async again(as, url, { accept, apiVersion }, isAudit) {
      if (stopped) return undefined
      const request = await classifier.like(as, url, { accept, apiVersion, mode: 'no-cache', isAudit })
      return request && canSpare(request) ? cacheStatus(await resolve(request))?.forwardStatus : undefined
    },
    stop() {
      stopped = true
    }
  }
}
