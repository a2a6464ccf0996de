/*
 * Pagination by `Link` (RFC 8288). The ETag does not cover it and a member can forge it, and Octokit follows it with the
 * user's token. So a member tells only what the query of each link changes in the asked URL, and only changes of parameters
 * that GitHub pages by are believed. GitHub pages by number, by cursor (issues: `after` and `page`, no `last`), by id
 * (`since`), or by what was last shown (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api).
 */
export type Links = Record<string, string>

export const relations = ['prev', 'next', 'last', 'first'] as const
export type Relation = (typeof relations)[number]

export function parseLinks(header: string | null | undefined): Links {
  const links: Links = {}
  for (const [, url, rel] of (header ?? '').matchAll(/<([^<>]*)>\s*;[^,<]*?\brel="?(\w+)"?/g)) {
    if (url && rel && (relations as readonly string[]).includes(rel)) links[rel] = url
  }
  return links
}

export const pageOf = (url: URL) => Number(url.searchParams.get('page') ?? 1)
const isPage = (n: number) => Number.isSafeInteger(n) && n >= 1

/** What a link's query changes in the asked URL's, by parameter; null: the link leaves it out. */
type QueryChanges = Record<string, string | null>
export type PageLinks = { [relation in Relation]?: QueryChanges | undefined }

/**
 * The parameters that GitHub pages by, and those that it was seen to add to its links or to leave out: `anon` of contributors,
 * `filter` of check runs, `sha` of commits.
 */
const changeable = new Set(
  ['page', 'per_page', 'after', 'before', 'cursor', 'since', 'last_sha', 'top'].concat('anon', 'filter', 'sha')
)
/** Cursors, dates, names of branches: nothing that could be taken for anything else than one value. */
const isPlain = (value: string) => /^[\w.~:+/=@-]{0,512}$/.test(value)

/** A path without what GitHub has two names for: its links show the id where the request showed a name. */
const withoutOwner = (path: string) =>
  path
    .replace(/\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(?=\/|$)/, '/repository')
    .replace(/^((?:\/api\/v3)?)\/(?:users\/[^/]+|user\/\d+)(?=\/|$)/, '$1/account')
    .replace(/^((?:\/api\/v3)?)\/(?:orgs\/[^/]+|organizations\/\d+)(?=\/|$)/, '$1/organization')

function changesIn(url: URL, asked: URL): QueryChanges | undefined {
  if (url.origin !== asked.origin || withoutOwner(url.pathname) !== withoutOwner(asked.pathname)) return undefined
  const changes: QueryChanges = {}
  for (const name of new Set([...url.searchParams.keys(), ...asked.searchParams.keys()])) {
    const values = url.searchParams.getAll(name)
    if (values.join('\n') === asked.searchParams.getAll(name).join('\n')) continue
    if (values.length > 1) return undefined
    changes[name] = values[0] ?? null
  }
  return changes
}

/**
 * What can be told to members of an own answer's links: each of them, or undefined where one of them would be lost, for a
 * list without its `next` looks as if it ended there.
 */
export function tellableLinks(header: string | null | undefined, asked: URL): PageLinks | undefined {
  const links: PageLinks = {}
  for (const [rel, href] of Object.entries(parseLinks(header))) {
    const url = URL.parse(href, asked)
    const changes = url && changesIn(url, asked)
    if (!changes) return undefined
    links[rel as Relation] = changes
  }
  return linkHeader(links, asked) === undefined ? undefined : links
}

/** The asked URL, so changed. */
export function changed(asked: URL, changes: QueryChanges): URL {
  const url = new URL(asked)
  // In one order for all: members compare the links of one body, and CBOR has an order of its own.
  for (const name of Object.keys(changes).sort()) {
    const value = changes[name] as string | null
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url
}

/** The `Link` header that a member's links stand for, empty for none; undefined when one of them makes no sense. */
export function linkHeader(links: PageLinks, asked: URL): string | undefined {
  const parts: string[] = []
  for (const rel of relations) {
    const changes = links[rel]
    if (!changes) continue
    if (!Object.entries(changes).every(([name, value]) => changeable.has(name) && isPlain(value ?? '')))
      return undefined
    const url = changed(asked, changes)
    if (!leadsOn(rel, url, asked)) return undefined
    parts.push(`<${url.href}>; rel="${rel}"`)
  }
  return parts.join(', ')
}

/** Whether a link leads where its relation says: nobody who follows `next` may be led in a circle by numbers. */
function leadsOn(rel: Relation, url: URL, asked: URL): boolean {
  const [to, from] = [pageOf(url), pageOf(asked)]
  if (!isPage(to) || !isPage(from)) return false
  if (!url.searchParams.has('page') && !asked.searchParams.has('page'))
    return rel === 'first' || url.href !== asked.href
  const isRight: Record<Relation, boolean> = {
    prev: to < from,
    next: to === from + 1,
    last: to >= from,
    first: to === 1
  }
  return isRight[rel]
}

export const defaultPerPage = 30
const maxPerPage = 100

/**
 * A page that is exactly full and names no next one may have gained one since, and would still answer 304. A longer
 * array is no page: folders and templates come whole.
 */
export function mayHaveGrown(items: number | undefined, link: string | undefined, asked: URL): boolean {
  if (items === undefined || parseLinks(link).next) return false
  const perPage = Number.parseInt(asked.searchParams.get('per_page') ?? '', 10)
  return items === (perPage >= 1 ? Math.min(perPage, maxPerPage) : defaultPerPage)
}
