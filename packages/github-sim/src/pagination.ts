/** One page of a list as a request asked for it. */
export interface Page {
  page: number
  perPage: number
}

/** `page` (default 1) and `per_page` (default 30, at most 100); what is not a positive whole number gets the default. */
export function pageOf(query: URLSearchParams): Page {
  const number = (name: string, fallback: number) => {
    const n = Number(query.get(name) ?? fallback)
    return Number.isInteger(n) && n > 0 ? n : fallback
  }
  return { page: number('page', 1), perPage: Math.min(number('per_page', 30), 100) }
}

/** The items of one page. */
export function slice<T>(items: readonly T[], { page, perPage }: Page): T[] {
  return items.slice((page - 1) * perPage, page * perPage)
}

/**
 * The `Link` value for a page of a list of `total` items, or undefined when one page holds all. Links keep the query of
 * the request and go to `url`, which for a repository is its `/repositories/{id}/...` form.
 */
export function linkOf(
  url: string,
  query: URLSearchParams,
  { page, perPage }: Page,
  total: number
): string | undefined {
  const last = Math.max(1, Math.ceil(total / perPage))
  const link = (to: number, rel: string) => {
    const params = new URLSearchParams(query)
    params.set('page', String(to))
    return `<${url}?${params}>; rel="${rel}"`
  }
  const links: string[] = []
  if (page > 1) links.push(link(Math.min(page - 1, last), 'prev'))
  if (page < last) links.push(link(page + 1, 'next'))
  if (page !== last) links.push(link(last, 'last'))
  if (page > 1) links.push(link(1, 'first'))
  return links.length ? links.join(', ') : undefined
}

/** What a cursor points at: an item, by what its list is sorted by and its id. */
export interface Place {
  sortedBy: number
  id: number
}

/** What a cursor of GitHub's looks like: base64url of `cursor:v2:` and a MessagePack array of both numbers. */
function cursorOf({ sortedBy, id }: Place): string {
  const place = Buffer.alloc(15)
  place.set([0x92, 0xcf])
  place.writeBigUInt64BE(BigInt(sortedBy), 2)
  place.set([0xce], 10)
  place.writeUInt32BE(id, 11)
  const text = Buffer.concat([Buffer.from('cursor:v2:'), place]).toString('base64')
  return text.replaceAll('+', '-').replaceAll('/', '_')
}

/** Page numbers lead no further than this many items; cursors do: https://github.com/google/go-github/issues/3565 */
const maxNumberedItems = 10_000

export const isTooFar = (query: URLSearchParams): boolean => {
  const { page, perPage } = pageOf(query)
  return !query.has('after') && !query.has('before') && page > 1 && page * perPage >= maxNumberedItems
}

/**
 * One page of a list that GitHub pages by cursor, as it does with issues since 2025, and its `Link`: `next` and `prev` name
 * both a cursor and a page number, which only counts; there is no `first` and no `last`. Recorded by the authors of
 * https://github.com/google/go-github/issues/3564 and https://github.com/wshm-dev/wshm/pull/133, among others.
 */
export function cursorPage<T>(
  url: string,
  query: URLSearchParams,
  items: readonly T[],
  placeOf: (item: T) => Place
): { items: T[]; link?: string } {
  const { page, perPage } = pageOf(query)
  const at = (name: string) => {
    const cursor = query.get(name)
    return cursor === null ? undefined : items.findIndex((item) => cursorOf(placeOf(item)) === cursor)
  }
  const [after, before] = [at('after'), at('before')]
  const end = before === undefined ? undefined : Math.max(0, before)
  const start =
    after === undefined ? (end === undefined ? (page - 1) * perPage : Math.max(0, end - perPage)) : after + 1
  // A cursor to what is there no more leads to nothing.
  const found = after === -1 || before === -1 ? [] : items.slice(start, end ?? start + perPage)
  const link = (rel: string, name: string, to: number, item: T) => {
    const params = new URLSearchParams(query)
    for (const old of ['after', 'before', 'page']) params.delete(old)
    const own = [
      [name, cursorOf(placeOf(item))],
      ['page', String(to)]
    ] as const
    for (const [key, value] of rel === 'next' ? own : own.toReversed()) params.set(key, value)
    return `<${url}?${params}>; rel="${rel}"`
  }
  const [first, last] = [found[0], found.at(-1)]
  const links = [
    ...(last !== undefined && start + found.length < items.length ? [link('next', 'after', page + 1, last)] : []),
    ...(first !== undefined && start > 0 ? [link('prev', 'before', Math.max(1, page - 1), first)] : [])
  ]
  return { items: found, ...(links.length > 0 && { link: links.join(', ') }) }
}

/**
 * One page of a list that goes on by id (`since`), as those of all users, organizations and repositories do; `first` is a URI
 * template: https://docs.github.com/rest/users/users#list-users
 */
export function sincePage<T extends { id: number }>(
  url: string,
  query: URLSearchParams,
  items: readonly T[]
): { items: T[]; link?: string } {
  const { perPage } = pageOf(query)
  const later = items.filter(({ id }) => id > Number(query.get('since') ?? 0)).sort((a, b) => a.id - b.id)
  const found = later.slice(0, perPage)
  const params = new URLSearchParams(query)
  params.set('since', String(found.at(-1)?.id))
  const first = `<${url}{?since}>; rel="first"`
  return { items: found, link: later.length > perPage ? `<${url}?${params}>; rel="next", ${first}` : first }
}
