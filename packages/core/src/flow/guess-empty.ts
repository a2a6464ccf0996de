import { emptyList, mayBeEmptyList } from '../github/empty-lists.ts'
import { type EtagScheme, opaqueTag } from '../github/etag.ts'
import type { EtagLabels } from '../github/etag-labels.ts'
import { isJson } from '../github/key.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Admitted } from './admitted.ts'
import { etagInputs } from './validators.ts'

export interface GuessEmptyOptions {
  etags: Pick<EtagScheme, 'compute'> & Pick<EtagLabels, 'holdsFor'>
  /** Takes a 200: undefined when it is not kept. */
  admit(request: ApiRequest, answer: OriginAnswer): Promise<Admitted | undefined>
}

export interface GuessEmpty {
  /** The ETag that an empty list would have; undefined where nothing is to be guessed. */
  etagFor(request: ApiRequest): Promise<string | undefined>
  /** The empty list that a 304 to the guess stands for; undefined where the 304 cannot be believed, and must be asked again. */
  take(request: ApiRequest, guess: string, answer: OriginAnswer): Promise<Admitted | undefined>
}

/**
 * A list that was never seen is asked for with the ETag that `[]` would have for this token. A 304 then says that the list is
 * empty, at no cost: the hash covers the body. A wrong guess costs nothing, for then the list comes as it would have come.
 * Only where an answer has shown how the ETags of this token are made, and only of lists that are empty where their first
 * page is, because the hash does not cover `Link`. Without a token a 304 costs as much as a list, so there is no guess.
 */
export function createGuessEmpty({ etags, admit }: GuessEmptyOptions): GuessEmpty {
  let believed = true
  return {
    async etagFor(request) {
      const { path, url, accept, authorization, viewer, mode, ifNoneMatch } = request
      const isOne = authorization !== undefined && isJson(accept) && mayBeEmptyList(path, url.searchParams)
      if (!believed || !isOne || mode === 'reload' || ifNoneMatch !== undefined) return undefined
      const inputs = etagInputs(request)
      return etags.holdsFor(inputs, viewer) ? etags.compute(emptyList, inputs, viewer) : undefined
    },
    async take(request, guess, answer) {
      // A 304 names what it confirms (RFC 9110, section 15.4.5). What does not is no answer of GitHub's, and once is enough.
      const isMeant = opaqueTag(answer.headers.get('etag')) === opaqueTag(guess)
      if (!isMeant || answer.headers.has('link')) {
        believed = false
        return undefined
      }
      const headers = new Headers(answer.headers)
      headers.set('content-type', 'application/json; charset=utf-8')
      return admit(request, { ...answer, status: 200, statusText: 'OK', headers, body: emptyList })
    }
  }
}
