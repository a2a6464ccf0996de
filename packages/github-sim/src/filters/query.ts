/** Whether the query asks for one of these values, or for none. */
export function asksFor(query: URLSearchParams, name: string, ...values: (string | number | null)[]): boolean {
  const asked = query.get(name)
  return !asked || values.some((value) => value !== null && String(value) === asked)
}

/** The same of a login, in whatever case it is written. */
export function asksForLogin(query: URLSearchParams, name: string, ...logins: string[]): boolean {
  const asked = query.get(name)?.toLowerCase()
  return !asked || logins.some((login) => login.toLowerCase() === asked)
}

/** The time of a parameter in ms, or undefined without one that can be read. */
export function timeOf(query: URLSearchParams, name: string): number | undefined {
  const ms = Date.parse(query.get(name) ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** Whether an ISO time is not before the query's `since`. */
export function isSince(query: URLSearchParams, time: string): boolean {
  return Date.parse(time) >= (timeOf(query, 'since') ?? Number.NEGATIVE_INFINITY)
}

/** Whether an ISO time is before the query's `before`. */
export function isBefore(query: URLSearchParams, time: string): boolean {
  return Date.parse(time) < (timeOf(query, 'before') ?? Number.POSITIVE_INFINITY)
}

/** The query's `direction`, or the one that the list has by default. */
export function isAscending(query: URLSearchParams, byDefault: boolean): boolean {
  const direction = query.get('direction')
  return direction === 'asc' || (direction !== 'desc' && byDefault)
}

/** A sorted copy. Items with equal keys keep their order when ascending, and get the opposite one otherwise. */
export function inOrder<T>(items: readonly T[], ascending: boolean, keyOf: (item: T) => string | number): T[] {
  const sorted = items.toSorted((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)]
    return x === y ? 0 : x < y ? -1 : 1
  })
  return ascending ? sorted : sorted.reverse()
}
