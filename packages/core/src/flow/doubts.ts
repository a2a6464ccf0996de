import type { Bytes } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import { opaqueTag } from '../github/etag.ts'
import { gitBlobId } from '../github/git-blob.ts'
import { inspect } from '../github/inspect.ts'
import { isJson, isRaw } from '../github/key.ts'
import { mayContinue } from '../github/may-continue.ts'

/** Whether a 304 would not be enough for what is held, so that its body has to come anew. Found by reading the body. */
export async function needsNewBody(entry: Entry, asked: URL, isBelieved: boolean): Promise<boolean> {
  if (entry.local && isJson(entry.headers['content-type'] ?? '')) {
    const { damaged, secret } = await inspect(entry.body, true)
    // Earlier versions kept what was cut off on its way. And the id of a file stays while URLs with a token in them expire.
    if (damaged || (secret && entry.validator === 'object')) return true
  }
  if (isBelieved) return false
  // What a member says of other pages a 304 does not prove: where that is not believed, GitHub has to say it.
  if (await hasMembersLink(entry, asked)) return true
  // Where members are believed, the id of an object says that a member's body is current, if not that it is true.
  return entry.validator === 'object' && !(await isOwnBlob(entry))
}

/**
 * Whether an object's id is the body's own: so for raw files. What GitHub says about a file, and the page it makes of one,
 * have the same id as ETag, so a raw body must not pass for those.
 */
export const isOwnBlob = async ({ validator, etag, body, accept }: Entry): Promise<boolean> =>
  validator === 'object' && isRaw(accept) && isBlob(body, etag ?? null)

export const isBlob = async (body: Bytes, etag: string | null): Promise<boolean> =>
  opaqueTag(etag) === (await gitBlobId(body))

/** Whether what an entry says of other pages, if there may be any, is a member's word. */
export const hasMembersLink = async ({ from, accept, body, headers }: Entry, asked: URL): Promise<boolean> =>
  from !== undefined &&
  (headers.link !== undefined || (isJson(accept) && mayContinue(await inspect(body, true), asked)))
