/** Carries the target of a redirect past code that would follow it. */
const carrier = 'x-ghmesh-location'

/**
 * `fetch` that returns redirects to other origins, such as those of archives and logs, instead of following them: `elsewhere`
 * tells their target. Redirects within one origin come back unfollowed too, if the request says `follow`.
 */
export const withoutLeaving =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    if (init?.redirect !== 'manual' && init?.redirect !== 'follow') return fetch(input, init)
    const response = await fetch(input, { ...init, redirect: 'manual' })
    const { status, statusText, body } = response
    const asked = input instanceof Request ? input.url : String(input)
    const target = isRedirect(status) ? URL.parse(response.headers.get('location') ?? '', asked) : null
    if (!target || target.origin === new URL(asked).origin) return response
    const headers = new Headers(response.headers)
    headers.delete('location')
    headers.set(carrier, target.href)
    return new Response(body, { status, statusText, headers })
  }

/** The target of a response, if it is another origin; the headers then say so again, as GitHub sent them. */
export function elsewhere(response: Response): { url: URL; headers: Headers } | undefined {
  const target = isRedirect(response.status) ? response.headers.get(carrier) : null
  if (target === null) return undefined
  const headers = new Headers(response.headers)
  headers.delete(carrier)
  headers.set('location', target)
  return { url: new URL(target), headers }
}

/** The headers that a client would send there: nothing that is meant for GitHub only. */
export function headersElsewhere(headers: Headers): Headers {
  const sent = new Headers(headers)
  for (const name of ['authorization', 'cookie', 'if-none-match', 'if-modified-since']) sent.delete(name)
  return sent
}

/** Statuses of redirects with a `Location` (RFC 9110, section 15.4). */
const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status)
