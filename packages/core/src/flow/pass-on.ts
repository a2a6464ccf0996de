import type { Api } from '../github/api.ts'
import { hrefOf, type Origin } from '../github/origin.ts'
import { anonymous } from '../github/request.ts'
import type { FetchInput } from '../web-types.ts'
import type { AfterWrite } from './after-write.ts'
import type { Passed } from './classify.ts'
import { heldBack } from './outcome.ts'
import type { Responder } from './response.ts'

export interface PassOnOptions {
  api: Pick<Api, 'uploads'>
  origin: Pick<Origin, 'pass' | 'passOn'>
  respond: Pick<Responder, 'fromAnswer'>
  /** Loaded when something is written: few do. Undefined where that failed; then everything is stale. */
  afterWrite(): Promise<AfterWrite | undefined>
}

export interface PassOn {
  /** Sends a call as it is. After a write, what it changed is stale before the caller has its answer. */
  toGitHub(input: FetchInput, init: RequestInit | undefined, call: Passed): Promise<Response>
  /** Sends a request to elsewhere, which may be where GitHub takes files. */
  elsewhere(input: FetchInput, init: RequestInit | undefined): Promise<Response>
}

const textOf = async (answer: Response | undefined): Promise<string> =>
  (await answer
    ?.clone()
    .text()
    .catch(() => '')) ?? ''

/** GitHub may have done what it then failed to say. */
const mayBeDone = ({ ok, status }: Response) => ok || status >= 500

export function createPassOn({ api, origin, respond, afterWrite }: PassOnOptions): PassOn {
  async function changed({ url, mutation, ...by }: Passed, answer?: Response): Promise<void> {
    const after = await afterWrite()
    if (mutation === undefined) after?.done([url.href, answer?.url ?? ''], by)
    else after?.mutated(mutation, await textOf(answer), by)
  }

  return {
    async toGitHub(input, init, call) {
      let isSent = false
      const sent = () => {
        isSent = call.writes
      }
      try {
        const answer = await origin.passOn(input, init ?? {}, { ...call, sent })
        if ('heldBack' in answer) return respond.fromAnswer({ method: 'GET' }, answer, heldBack)
        if (isSent && mayBeDone(answer)) await changed(call, answer)
        return answer
      } catch (error) {
        if (isSent) await changed(call)
        throw error
      }
    },
    async elsewhere(input, init) {
      const answer = await origin.pass(input, init)
      const href = hrefOf(input)
      if (href.startsWith(api.uploads) && answer.ok) (await afterWrite())?.done([href], { viewer: anonymous })
      return answer
    }
  }
}
