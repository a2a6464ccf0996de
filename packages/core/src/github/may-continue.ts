import { defaultPerPage, mayHaveGrown } from './links.ts'

/**
 * Whether pages may follow this one, so far as its body tells: where there is no `Link` but a member's word, a missing one
 * cuts a list short. A list in an object says how long it is on all pages (`total_count`);
 * a comparison and a commit are paged too, and do not say so (https://docs.github.com/rest/commits/commits).
 */
export function mayContinue(
  { items, list }: { items?: number | undefined; list: { items: number; total?: number } },
  asked: URL
): boolean {
  if (items !== undefined) return mayHaveGrown(items, undefined, asked)
  const isPart = ['page', 'per_page', 'after', 'before', 'cursor'].some((name) => asked.searchParams.has(name))
  if (list.total !== undefined) return list.items !== list.total
  return /\/(?:compare|commits)\//.test(asked.pathname) && (isPart || list.items >= defaultPerPage)
}
