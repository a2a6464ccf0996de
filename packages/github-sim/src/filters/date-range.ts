import { dayMs } from '../time.ts'

/** The first and the last moment that a date or a time stands for, in ms. */
function spanOf(text: string): [number, number] {
  const start = Date.parse(text)
  return [start, /^\d{4}-\d\d-\d\d$/.test(text) ? start + dayMs - 1 : start]
}

/**
 * Whether an ISO time is in a range such as `2026-01-05`, `>=2026-01-05`, `2026-01-01..2026-01-05` or `*..2026-01-05`:
 * https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
 */
export function isInRange(range: string, time: string): boolean {
  const at = Date.parse(time)
  const [, from, to] = /^(.+?)\.\.(.+)$/.exec(range) ?? []
  if (from !== undefined && to !== undefined) {
    return (from === '*' || at >= spanOf(from)[0]) && (to === '*' || at <= spanOf(to)[1])
  }
  const [, operator, date = ''] = /^([<>]=?)?(.*)$/.exec(range) ?? []
  const [start, end] = spanOf(date)
  if (operator === '>') return at > end
  if (operator === '<') return at < start
  return (operator === '<=' || at >= start) && (operator === '>=' || at <= end)
}
