import { MeshError } from '../errors.ts'
import { parseLinks } from '../github/links.ts'
import { platformFetch } from '../github/origin.ts'
import { limitedForMs } from '../github/rate-limit.ts'

/** One comment of the registry issue, as far as it matters here. */
export interface RegistryComment {
  id: number
  body: string
  /** Milliseconds since the epoch. */
  updatedAt: number
}

const title = 'p2p-peer-registry'
const introduction =
  'Members of a ghmesh group find each other here: one comment for each, kept by the members themselves. See the documentation of ghmesh, "discovery".'
const perPage = 100
/** A stranger can fill a public issue; more pages than this are not read at a time. */
const maxPages = 10
const answerMs = 30_000
const maxBodyBytes = 64 * 1024
const pageIn = (url = '') => Number(URL.parse(url)?.searchParams.get('page')) || 1
const refusals = new Set([401, 403, 404, 410, 422])

/** The issue behind a registry: reads with conditions, which cost nothing while nothing changed; writes as they come. */
export interface IssueApiOptions {
  /** `owner/repo` whose issue is the registry. */
  repository: string
  /** Default `https://api.github.com`. */
  apiUrl?: string | undefined
  /** The `Authorization` token; without one the registry is only read, every five minutes. */
  token?: (() => Promise<string | undefined> | string | undefined) | undefined
  /** Default: the platform’s own. */
  fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
}

export function issueApi(options: IssueApiOptions) {
  const { repository, apiUrl = 'https://api.github.com', token, fetch: ask = platformFetch, now = Date.now } = options
  const base = `${apiUrl.replace(/\/$/, '')}/repos/${repository}`
  const pages = new Map<string, Page & { etag: string }>()
  let issue: number | undefined
  let made: number | undefined
  let answeredAt = Number.NaN
  let lastPage = 1

  async function send(url: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
    const own = await token?.()
    const authorization: Record<string, string> = own === undefined ? {} : { authorization: `Bearer ${own}` }
    return ask(url, {
      ...init,
      signal: AbortSignal.timeout(answerMs),
      headers: { accept: 'application/vnd.github+json', ...authorization, ...headers },
      cache: 'no-store',
      credentials: 'omit'
    })
  }

  interface Page {
    parsed: unknown
    next: string | undefined
    last: string | undefined
  }

  /** A page, and where others are; by the ETag of the same request where it was read before. */
  async function read(url: string): Promise<Page> {
    const before = pages.get(url)
    const response = await send(url, {}, before ? { 'if-none-match': before.etag } : {})
    answeredAt = Date.parse(response.headers.get('date') ?? '')
    if (response.status === 304 && before) return before
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${new URL(url).pathname}`)
    const { next, last } = parseLinks(response.headers.get('link'))
    const page = { etag: response.headers.get('etag') ?? '', parsed: await response.json(), next, last }
    if (page.etag) pages.set(url, page)
    return page
  }

  /** The first pages of a list, one after the other, as objects. */
  async function* list(first: string, most: number): AsyncGenerator<Record<string, unknown>> {
    let url: string | undefined = first
    for (let n = 0; url !== undefined && n < most; n++) {
      const page: Page = await read(url)
      yield* itemsOf(page)
      // A next page elsewhere would get the token.
      url = page.next !== undefined && URL.parse(page.next)?.origin === new URL(base).origin ? page.next : undefined
    }
  }

  const itemsOf = ({ parsed }: Page): Record<string, unknown>[] =>
    Array.isArray(parsed) ? parsed.filter((item) => item && typeof item === 'object') : []

  /**
   * The first page, and from the last one backwards: who came lately stands at the end, behind whatever a stranger wrote.
   * Pages are found by their fullness, for the ETag that spares reading them does not cover their links.
   */
  async function* listBothEnds(first: string): AsyncGenerator<Record<string, unknown>> {
    const seen = new Map<number, Record<string, unknown>[]>()
    for (let n = 1; n > 0 && seen.size < maxPages; ) {
      const page = await read(`${first}&page=${n}`)
      const items = itemsOf(page)
      seen.set(n, items)
      lastPage = Math.max(lastPage, pageIn(page.last))
      if (n >= lastPage && items.length === perPage) lastPage = n + 1
      else if (n === lastPage && items.length === 0) lastPage = n - 1
      for (n = lastPage; seen.has(n); ) n--
    }
    for (const items of seen.values()) yield* items
  }

  /** The lowest number of all issues; where they are too many, of the oldest, or else of those that changed last. */
  async function findIssue(): Promise<number | undefined> {
    let listed = 0
    for (const [order, most] of [
      ['created&direction=asc', maxPages],
      ['updated&direction=desc', 1]
    ] as const) {
      if (issue !== undefined) break
      // A closed one too: its comments can be written, and members who know it stay there.
      for await (const found of list(`${base}/issues?state=all&sort=${order}&per_page=${perPage}`, most)) {
        listed++
        if (found.title !== title || found.pull_request || typeof found.number !== 'number') continue
        issue = Math.min(issue ?? found.number, found.number)
      }
      if (listed < maxPages * perPage) break
    }
    return issue
  }

  async function write(method: string, url: string, body?: object): Promise<Record<string, unknown>> {
    const response = await send(url, { method, body: body ? JSON.stringify(body) : null })
    if (response.ok) return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
    const said = `GitHub answered ${response.status} to ${method} ${new URL(url).pathname}`
    const limitedMs = limitedForMs(response.status, response.headers, await response.text(), now())
    if (limitedMs === undefined && refusals.has(response.status)) throw new MeshError('ERR_DISCOVERY', said)
    throw new Error(said)
  }

  async function findOrMakeIssue(): Promise<number> {
    const found = await findIssue()
    if (found !== undefined) return found
    if (made === undefined) {
      made = Number((await write('POST', `${base}/issues`, { title, body: introduction })).number)
      // Somebody else may have made one at the same moment: all take the lowest.
      pages.clear()
      await findIssue()
    }
    // Never a second one, for what was made may not be listed yet.
    issue = Math.min(issue ?? made, made)
    return issue
  }

  return {
    /** When GitHub gave its last answer, by its own clock in ms; NaN in browsers, which do not show that. */
    answeredAt: () => answeredAt,
    /** The comments of the issue, none where there is no issue yet. */
    async comments(): Promise<RegistryComment[]> {
      const number = await findIssue()
      if (number === undefined) return []
      const found: RegistryComment[] = []
      try {
        for await (const { id, body, updated_at: updated } of listBothEnds(
          `${base}/issues/${number}/comments?per_page=${perPage}`
        )) {
          if (typeof id !== 'number' || typeof body !== 'string' || body.length > maxBodyBytes) continue
          found.push({ id, body, updatedAt: Date.parse(String(updated)) || 0 })
        }
      } catch (error) {
        issue = undefined // deleted or moved: looked for again
        throw error
      }
      return found
    },
    /** Resolves to the comment's id. Rejects with MeshError ERR_DISCOVERY where GitHub does not let this token write. */
    async add(body: string): Promise<number> {
      const { id } = await write('POST', `${base}/issues/${await findOrMakeIssue()}/comments`, { body })
      return Number(id)
    },
    async edit(id: number, body: string): Promise<number> {
      try {
        await write('PATCH', `${base}/issues/comments/${id}`, { body })
        return id
      } catch (error) {
        if (!(error instanceof MeshError)) throw error
        return this.add(body) // swept away, or a stranger's who copied the marker
      }
    },
    remove: async (id: number): Promise<void> => void (await write('DELETE', `${base}/issues/comments/${id}`))
  }
}
