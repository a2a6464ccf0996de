import { type Bytes, sha256Hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import { opaqueTag } from '../github/etag.ts'
import type { EtagLabels } from '../github/etag-labels.ts'
import { keptHeaders } from '../github/headers.ts'
import { inspect } from '../github/inspect.ts'
import { compact } from '../github/json.ts'
import { isJson, isRaw } from '../github/key.ts'
import type { OriginAnswer } from '../github/origin.ts'
import { type ApiRequest, anonymous, type Target } from '../github/request.ts'
import { staysHere } from '../rules/stays-here.ts'
import { isBlob } from './doubts.ts'
import { isNarrowedOut, type Narrow } from './narrow.ts'
import type { createPublicity } from './publicity.ts'
import { type createValidators, etagInputs } from './validators.ts'
import { createVariation } from './variation.ts'

export interface NewEntryOptions {
  etags: Pick<EtagLabels, 'classify'>
  validators: Pick<ReturnType<typeof createValidators>, 'remember'>
  publicity: ReturnType<typeof createPublicity>
  /** The user's own narrowing of what is shared. */
  narrow?: Narrow | undefined
}

/** Makes the entry of a 200, with all that its body shows; undefined for an answer that is handed on and not kept. */
export function createNewEntry({ etags, validators, publicity, narrow }: NewEntryOptions) {
  const varies = createVariation()

  return async (
    request: ApiRequest,
    target: Target,
    { headers: live, sentAt }: OriginAnswer,
    received: Bytes,
    freshMs: number
  ): Promise<Entry | undefined> => {
    const { apiVersion, viewer } = request
    const json = isJson(live.get('content-type') ?? '')
    // A page of a proxy or portal instead of the API's answer.
    if (!json && isJson(request.accept)) return undefined
    const inputs = etagInputs(request)
    const { validator, body } = await etags.classify(live.get('etag'), forms(received, json), inputs, viewer)
    const hash = await sha256Hex(body)
    if (validator === 'verbatim') validators.remember(target.key, hash, request, live.get('etag') as string)
    const found = await inspect(body, json, target.repository)
    // A 304 would make what is damaged fresh again and again.
    if (found.damaged) return undefined
    const isRawObject = !json && validator === 'object' && isRaw(target.accept)
    if (isRawObject && !(await isBlob(body, live.get('etag')))) return undefined
    publicity.learnAlias(target.url, live.get('link'))
    publicity.learn({ ...target, viewer }, sentAt, found.repository)
    if (target !== request) publicity.learn(request, sentAt, found.repository)
    return {
      url: target.canonical,
      accept: target.accept,
      apiVersion,
      body,
      hash,
      headers: keptHeaders(live),
      asOf: sentAt,
      validator,
      etag: validator === 'object' ? `"${opaqueTag(live.get('etag'))}"` : undefined,
      ...publicity.of({ viewer, repository: target.repository }, sentAt),
      anonymous: viewer === anonymous,
      // What some may not see, they see another body of.
      variant: found.variant || found.hidden || varies(target, hash, viewer),
      local: staysHere({
        ...found,
        hidden: found.hidden || (target.route.hidesDrafts === true && found.draft),
        shareable: target.shareable,
        viewer,
        accept: target.accept,
        json,
        narrowedOut: isNarrowedOut(narrow, target, entryResponse(body, live))
      }),
      maxAgeMs: found.unfinished ? 0 : freshMs,
      items: found.items,
      confirmed: { [viewer]: sentAt }
    }
  }
}

const entryResponse = (body: Uint8Array<ArrayBuffer>, live: Headers) => () =>
  new Response(body, { headers: keptHeaders(live) })

/** A body as it came, then without the white space that GitHub adds for some user agents. */
async function* forms(body: Bytes, json: boolean): AsyncIterable<Bytes> {
  yield body
  const compacted = json ? await compact(body) : body
  if (compacted !== body) yield compacted
}
