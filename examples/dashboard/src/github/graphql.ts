/** A question to GitHub's GraphQL API. */
export interface GraphqlQuestion {
  query: string
  variables: Record<string, unknown>
}

/** GitHub Enterprise Server has its GraphQL API beside `/api/v3`, not below it. */
export const graphqlUrlOf = (apiUrl: string): string => `${apiUrl.replace(/\/v3$/, '')}/graphql`

/** `url`: as `asRest` names a further page. `more`: further variables. */
export function graphqlInit({ query, variables }: GraphqlQuestion, url: string, more: object): RequestInit {
  const after = URL.parse(url)?.searchParams.get('after') ?? null
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { ...variables, ...more, after } })
  }
}

/** Limits and denials come with status 200 (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api). */
const statuses: Record<string, number> = { RATE_LIMITED: 429, NOT_FOUND: 404, FORBIDDEN: 403, INSUFFICIENT_SCOPES: 403 }
/** A server that does not know a field says so each time; one that gave up has no type for that. */
const statusOf = (type: string | undefined): number => (type === undefined ? 502 : (statuses[type] ?? 404))

/** https://docs.github.com/graphql/reference/objects#pageinfo */
interface PageInfo {
  hasNextPage: boolean
  endCursor: string | null
}

interface GraphqlError {
  type?: string
  path?: (string | number)[]
}

/** Many tokens may see everything of a repository but its deployments. */
const isAboutDeployments = ({ path }: GraphqlError) => path?.[1] === 'deployments'

/**
 * The repository of an answer as a response of its own, with the status and the `Link` that REST would have given. Calls
 * `askWithout` in its place where deployments alone were refused, and the repository with them.
 */
export async function asRest(
  response: Response,
  apiUrl: string,
  askWithout?: () => Promise<Response>
): Promise<Response> {
  if (!response.ok) return response
  const headers = new Headers(response.headers)
  const { data, errors } = (await response.json()) as {
    data?: { repository?: { pullRequests?: { pageInfo?: PageInfo } | null } | null } | null
    errors?: GraphqlError[]
  }
  // Of what a token may not see, GitHub says null, which would read as "no checks": then the lists have to do.
  const failed = errors?.filter((error) => !isAboutDeployments(error)) ?? []
  if (askWithout && errors?.some(isAboutDeployments) && failed.length === 0 && !data?.repository) return askWithout()
  if (data?.repository && failed.length === 0) {
    const { hasNextPage, endCursor } = data.repository.pullRequests?.pageInfo ?? {}
    if (hasNextPage && endCursor)
      headers.set('link', `<${apiUrl}/graphql?after=${encodeURIComponent(endCursor)}>; rel="next"`)
    return Response.json(data.repository, { headers })
  }
  return new Response(null, { status: statusOf((failed[0] ?? errors?.[0])?.type), headers })
}
