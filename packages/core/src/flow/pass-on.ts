import type { Api } from '../github/api.ts'
import { hrefOf, type Origin } from '../github/origin.ts'
import { anonymous } from '../github/request.ts'
import type { FetchInput } from '../web-types.ts'
import type { Passed } from './classify.ts'
import type { LateAfterWrite } from './late-after-write.ts'
import { heldBack } from './outcome.ts'
import type { Responder } from './response.ts'

export interface PassOnOptions {
  api: Pick<Api, 'uploads'>
  origin: Pick<Origin, 'pass' | 'passOn' | 'knows'>
  respond: Pick<Responder, 'fromAnswer'>
  afterWrite: Pick<LateAfterWrite, 'get'>
}

export interface PassOn {
  /** Sends a call as it is. After a write, what it changed is stale before the caller has its answer. */
  toGitHub(input: FetchInput, init: RequestInit | undefined, call: Passed): Promise<Response>
  /** Sends a request to elsewhere, which may be where GitHub takes files. */
  elsewhere(input: FetchInput, init: RequestInit | undefined): Promise<Response>
}

/** GitHub may have done what it then failed to say. */
const mayBeDone = (answer: object | Response) => 'ok' in answer && (answer.ok || answer.status >= 500)

export function createPassOn({ api, origin, respond, afterWrite }: PassOnOptions): PassOn {
  /** What a write changed is stale too where its answer is lost. */
  async function sending<A extends object>(answering: Promise<A>, changed: (answer?: A) => unknown): Promise<A> {
    const answer = await answering.catch(async (error) => {
      await changed()
      throw error
    })
    if (mayBeDone(answer)) await changed(answer)
    return answer
  }

  return {
    async toGitHub(input, init, call) {
      let isSent = false
      const sent = () => {
        isSent = call.writes
      }
      const answer = await sending(
        origin.passOn(input, init ?? {}, { ...call, sent }),
        // A stranger at a proxy's port could tell the whole group of writes that GitHub never did, by hanging up in time.
        async (answer) =>
          isSent &&
          (answer || origin.knows(call.viewer)) &&
          (await afterWrite.get())?.changed(call, answer as Response | undefined)
      )
      return 'heldBack' in answer ? respond.fromAnswer({ method: 'GET' }, answer, heldBack) : answer
    },
    elsewhere(input, init) {
      const href = hrefOf(input)
      return sending(
        origin.pass(input, init),
        async () =>
          href.startsWith(api.uploads) && (await afterWrite.get())?.changed({ url: new URL(href), viewer: anonymous })
      )
    }
  }
}
