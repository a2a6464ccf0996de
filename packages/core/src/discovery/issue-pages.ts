import { parseLinks } from '../github/links.ts'

export const perPage = 100
/** A stranger can fill a public issue; more pages than this are not read at a time. */
export const maxPages = 10

type Item = Record<string, unknown>

interface Page {
  items: Item[]
  next: string | undefined
  last: string | undefined
}

const pageIn = (url = '') => Number(URL.parse(url)?.searchParams.get('page')) || 1

const itemsOf = (parsed: unknown): Item[] =>
  Array.isArray(parsed) ? parsed.filter((item) => item && typeof item === 'object') : []

/** Lists of objects, page by page; `get` sends a request. A page that was read before costs no quota while it stays the same. */
export function issuePages(get: (url: string, headers: Record<string, string>) => Promise<Response>) {
  const pages = new Map<string, Page & { etag: string }>()
  let answeredAt = Number.NaN
  let lastPage = 1

  /** A page, and where others are; by the ETag of the same request where it was read before. */
  async function read(url: string): Promise<Page> {
    const before = pages.get(url)
    const response = await get(url, before ? { 'if-none-match': before.etag } : {})
    answeredAt = Date.parse(response.headers.get('date') ?? '')
    if (response.status === 304 && before) return before
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${new URL(url).pathname}`)
    const { next, last } = parseLinks(response.headers.get('link'))
    const page = { etag: response.headers.get('etag') ?? '', items: itemsOf(await response.json()), next, last }
    if (page.etag) pages.set(url, page)
    return page
  }

  return {
    /** When GitHub gave its last answer, by its own clock in ms; NaN in browsers, which do not show that. */
    answeredAt: () => answeredAt,
    forget: () => pages.clear(),
    /** What the first pages of a list have, one after the other. */
    async *list(first: string, most: number): AsyncGenerator<Item> {
      let url: string | undefined = first
      for (let n = 0; url !== undefined && n < most; n++) {
        const { items, next }: Page = await read(url)
        yield* items
        // A next page elsewhere would get the token.
        url = next !== undefined && URL.parse(next)?.origin === new URL(first).origin ? next : undefined
      }
    },
    /**
     * The first page, and from the last one backwards: who came lately stands at the end, behind whatever a stranger wrote.
     * Pages are found by their fullness, for the ETag that spares reading them does not cover their links.
     */
    async *listBothEnds(first: string): AsyncGenerator<Item> {
      const seen = new Map<number, Item[]>()
      for (let n = 1; n > 0 && seen.size < maxPages; ) {
        const { items, last } = await read(`${first}&page=${n}`)
        seen.set(n, items)
        lastPage = Math.max(lastPage, pageIn(last))
        if (n >= lastPage && items.length === perPage) lastPage = n + 1
        else if (n === lastPage && items.length === 0) lastPage = n - 1
        for (n = lastPage; seen.has(n); ) n--
      }
      // A stranger can move the end again and again.
      const now = new Set([...seen.keys()].map((n) => `${first}&page=${n}`))
      for (const url of pages.keys()) if (url.startsWith(`${first}&page=`) && !now.has(url)) pages.delete(url)
      for (const items of seen.values()) yield* items
    }
  }
}
