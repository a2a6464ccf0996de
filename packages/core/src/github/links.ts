/*
 * Pagination by `Link` (RFC 8288). The ETag does not cover it and a peer can forge it, and Octokit follows it with the
 * user's token: so from a member only links count that differ from the asked URL in nothing but a sensible page number.
 */
export type Links = Record<string, string>

export function parseLinks(header: string | null | undefined): Links {
  const links: Links = {}
  for (const [, url, rel] of (header ?? '').matchAll(/<([^<>]*)>\s*;[^,<]*?\brel="?(\w+)"?/g)) {
    if (url && rel && /^(?:next|prev|first|last)$/.test(rel)) links[rel] = url
  }
  return links
}

const pageOf = (url: URL) => Number(url.searchParams.get('page') ?? 1)
const isPage = (n: number) => Number.isSafeInteger(n) && n >= 1

/** Page numbers by relation, for sending: everything else in a link is the asked URL. */
export type PageLinks = Partial<Record<'next' | 'prev' | 'first' | 'last', number>>

/** The pages that an own answer's links name, where they are pages of the asked URL (or of its `/repositories/{id}` alias). */
export function pagesOf(header: string | null | undefined, asked: URL): PageLinks {
  const pages: PageLinks = {}
  for (const [rel, href] of Object.entries(parseLinks(header))) {
    const url = URL.parse(href, asked)
    if (url && url.origin === asked.origin && sameButPage(url, asked) && isPage(pageOf(url)))
      pages[rel as keyof PageLinks] = pageOf(url)
  }
  return pages
}

function sameButPage(url: URL, asked: URL): boolean {
  const below = (path: string) => path.replace(/^.*?\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(?=\/|$)/, '')
  const query = ({ searchParams }: URL) => {
    const rest = new URLSearchParams(searchParams)
    rest.delete('page')
    rest.sort()
    return rest.toString()
  }
  return below(url.pathname) === below(asked.pathname) && query(url) === query(asked)
}

/** The `Link` header that a member's page numbers stand for; undefined when there is none or one of them makes no sense. */
export function linkHeader(pages: PageLinks, asked: URL): string | undefined {
  const page = pageOf(asked)
  const valid: Record<keyof PageLinks, (n: number) => boolean> = {
    prev: (n) => n === page - 1,
    next: (n) => n === page + 1,
    last: (n) => n >= page,
    first: (n) => n === 1
  }
  const parts: string[] = []
  for (const rel of ['prev', 'next', 'last', 'first'] as const) {
    const n = pages[rel]
    if (n === undefined) continue
    if (!isPage(n) || !valid[rel](n)) return undefined
    const url = new URL(asked)
    url.searchParams.set('page', String(n))
    parts.push(`<${url.href}>; rel="${rel}"`)
  }
  return parts.join(', ') || undefined
}

const defaultPerPage = 30
const mostPerPage = 100

/**
 * A page that is exactly full and names no next one may have gained one since, and would still answer 304. A longer
 * array is no page: folders and templates come whole.
 */
export function mayHaveGrown(items: number | undefined, link: string | undefined, asked: URL): boolean {
  if (items === undefined || parseLinks(link).next) return false
  const perPage = Number.parseInt(asked.searchParams.get('per_page') ?? '', 10)
  return items === (perPage >= 1 ? Math.min(perPage, mostPerPage) : defaultPerPage)
}

/**
 * Whether pages may follow this one, so far as its body tells: where there is no `Link` but a member's word, a missing one
 * cuts a list short. A list in an object says how long it is on all pages (`total_count`);
 * a comparison and a commit are paged too, and do not say so (https://docs.github.com/rest/commits/commits).
 */
export function mayContinue(
  { items, list }: { items?: number; list: { items: number; total?: number } },
  asked: URL
): boolean {
  if (items !== undefined) return mayHaveGrown(items, undefined, asked)
  const isPart = ['page', 'per_page', 'after', 'before', 'cursor'].some((name) => asked.searchParams.has(name))
  if (list.total !== undefined) return list.items !== list.total
  return /\/(?:compare|commits)\//.test(asked.pathname) && (isPart || list.items >= defaultPerPage)
}
