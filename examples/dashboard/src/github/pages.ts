import type { Answer } from './answer.ts'
import type { Query } from './queries.ts'
import { type Source, sourceOf, worstOf } from './source.ts'

/** What the pages of a list say together, and the response that ended them if it was not ok. */
type Pages<Item> = Pick<Answer<Item>, 'data' | 'isMore' | 'source'> & { refusal?: Response }

/** Reads a list page by page, for as long as its query wants more. */
export async function readPages<Item>(
  { path, read, maxPages = 1, isEnough = () => false }: Query<Item>,
  apiUrl: string,
  get: (url: string) => Promise<Response>,
  now: () => number
): Promise<Pages<Item>> {
  let items: Item[] | undefined
  const sources: Source[] = []
  const soFar = () => {
    const source = worstOf(sources)
    return { data: items, ...(source && { source }) }
  }
  let url = apiUrl + path
  for (let page = 1; ; page++) {
    const response = await get(url)
    if (response.ok || response.status === 404) sources.push(sourceOf(response, now()))
    if (!response.ok) return { ...soFar(), isMore: page > 1, refusal: response }
    items = [...(items ?? []), ...read(await response.json())]
    const next = nextOf(response.headers.get('link'))
    // Nothing but this API gets to know what is read.
    if (!next?.startsWith(`${apiUrl}/`) || page >= maxPages || isEnough(items)) {
      return { ...soFar(), isMore: next !== undefined }
    }
    url = next
  }
}

/** The next page of a list (RFC 8288). */
const nextOf = (link: string | null): string | undefined => /<([^<>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1]
