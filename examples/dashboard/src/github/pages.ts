import type { Answer } from './answer.ts'
import type { Query } from './queries.ts'
import { type Source, sourceOf, worstOf } from './source.ts'

/** What the pages of a list say together, and what ended them: a response that was not ok, or one that cannot be read. */
type Pages<Item> = Pick<Answer<Item>, 'data' | 'isMore' | 'source'> & { refusal?: Response; isUnreadable?: true }

/** Reads a list page by page, for as long as its query wants more. */
export async function readPages<Item>(
  query: Query<Item>,
  apiUrl: string,
  get: (url: string) => Promise<Response>,
  now: () => number
): Promise<Pages<Item>> {
  const { path, maxPages = 1, isEnough = () => false } = query
  let items: Item[] | undefined
  let isWhole = true
  const sources: Source[] = []
  const soFar = () => {
    const source = worstOf(sources)
    return { data: items, ...(source && { source }) }
  }
  let url = apiUrl + path
  for (let page = 1; ; page++) {
    const response = await get(url)
    const source = sourceOf(response, now())
    if (response.status === 404) sources.push(source)
    if (!response.ok) return { ...soFar(), isMore: page > 1, refusal: response }
    const found = itemsIn(query, await response.json())
    if (!found) return { ...soFar(), isMore: page > 1, isUnreadable: true }
    sources.push(source)
    items = [...(items ?? []), ...found.items]
    isWhole &&= found.isWhole
    const next = nextOf(response.headers.get('link'))
    // Nothing but this API gets to know what is read.
    if (!next?.startsWith(`${apiUrl}/`) || page >= maxPages || isEnough(items)) {
      return { ...soFar(), isMore: next !== undefined || !isWhole }
    }
    url = next
  }
}

/** The items of a page, and whether these are all; undefined where none of them can be read. */
function itemsIn<Item>({ read, isItem }: Query<Item>, body: unknown): { items: Item[]; isWhole: boolean } | undefined {
  try {
    const all = read(body)
    const items = all.filter(isItem)
    const isWhole = items.length === all.length
    return isWhole || items.length > 0 ? { items, isWhole } : undefined
  } catch {
    return undefined
  }
}

/** The next page of a list (RFC 8288). */
const nextOf = (link: string | null): string | undefined => /<([^<>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1]
