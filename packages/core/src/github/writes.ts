/** Strings and comments, in which a word means nothing (https://spec.graphql.org/October2021/#sec-Source-Text). */
const asideInGraphql = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*/g

/**
 * Whether a request changes something: all but the methods that are safe (RFC 9110, section 9.2.1), and of GraphQL's,
 * which all are POST, mutations. A body that only
 * GitHub may read is taken for one.
 */
export function isWrite(method: string, path: string | undefined, sent: string | undefined): boolean {
  if (/^(?:GET|HEAD|OPTIONS)$/.test(method)) return false
  if (path !== '/graphql' || sent === undefined) return true
  try {
    const { query } = JSON.parse(sent) as { query?: unknown }
    return typeof query === 'string' && /(?:^|\})[\s,\uFEFF]*mutation\b/.test(query.replace(asideInGraphql, ' '))
  } catch {
    return false
  }
}

/** What a call of `fetch` sends, as text. Undefined for a stream, which can be read only once. Rejects where it was read already. */
export async function bodyText(input: unknown, init: RequestInit | undefined): Promise<string | undefined> {
  const body = init?.body ?? undefined
  if (typeof body === 'string') return body
  if (body !== undefined)
    return body instanceof ReadableStream || Symbol.asyncIterator in body ? undefined : new Response(body).text()
  return input instanceof Request ? input.clone().text() : undefined
}
