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
