import type { Api } from '../github/api.ts'
import { hrefOf, type Origin } from '../github/origin.ts'
import { heldBack } from './outcome.ts'
import type { Responder } from './response.ts'
import type { Viewers } from './viewers.ts'

export interface OwnFetchOptions {
  api: Pick<Api, 'pathOf'>
  viewers: Viewers
  origin: Pick<Origin, 'passOn' | 'canSpare'>
  respond: Pick<Responder, 'fromAnswer'>
}

/**
 * `fetch` for what the mesh does for itself, such as the peer registry: within the limits of its token, together with everything
 * else that is sent with that token. Rejects where too little is left of a limit.
 */
export function createOwnFetch({ api, viewers, origin, respond }: OwnFetchOptions): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(hrefOf(input))
    const authorization = new Headers(init.headers).get('authorization') ?? undefined
    const { method = 'GET', signal } = init
    const caller = { viewer: await viewers.of(authorization), path: api.pathOf(url) ?? '' }
    if (!origin.canSpare(caller)) throw new Error('the rate limit is nearly used up')
    const sent = await origin.passOn(input, init, { ...caller, authorization, writes: method !== 'GET', signal })
    return 'heldBack' in sent ? respond.fromAnswer({ method: 'GET' }, sent, heldBack) : sent
  }
}
