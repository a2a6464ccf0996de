const maxPerPage = 100

/** Lists that can be null in GitHub's schema. Where another one is refused, the object that it belongs to is null. */
const nullable = new Set(['labels', 'latestOpinionatedReviews', 'refs', 'reviewRequests', 'reviews'])

export const canBeNull = (list: string): boolean => nullable.has(list)

/** What needs no page: gh asks for `comments { totalCount }` and for `contexts { checkRunCount }`. */
const paged = ['nodes', 'edges', 'pageInfo']

/**
 * Why GitHub refuses a list, which must say how long its pages are
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#node-limit). Recorded without a length
 * in https://github.com/kkato233/GithubGraphQLSample, with too large a one in https://github.com/dblock/fue/issues/5. That
 * `pageInfo` needs a length too is assumed, and so is the type for one below zero. The rule says that 1 is the least, but many
 * clients count with `first: 0`.
 */
export function pageProblem(
  list: string,
  args: Record<string, unknown>,
  asked: ReadonlySet<string>
): { type: string; message: string } | undefined {
  for (const bound of ['first', 'last']) {
    const length = args[bound]
    if (typeof length !== 'number') continue
    if (length < 0)
      return {
        type: 'INVALID_PAGINATION',
        message: `\`${bound}\` on the \`${list}\` connection cannot be less than zero.`
      }
    if (length > maxPerPage)
      return {
        type: 'EXCESSIVE_PAGINATION',
        message: `Requesting ${length} records on the \`${list}\` connection exceeds the \`${bound}\` limit of ${maxPerPage} records.`
      }
  }
  if (typeof args.first === 'number' || typeof args.last === 'number' || !paged.some((name) => asked.has(name))) return
  return {
    type: 'MISSING_PAGINATION_BOUNDARIES',
    message: `You must provide a \`first\` or \`last\` value to properly paginate the \`${list}\` connection.`
  }
}
