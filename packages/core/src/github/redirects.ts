/** GitHub's answer to one call, and when that was sent, ms on GitHub's clock. */
export interface Answered {
  response: Response
  sentAt: number
}

/** Where a question led. */
export interface Followed extends Answered {
  url: string
  /** The answer is of another resource than was asked for, and handed on as it is. */
  isElsewhere?: boolean
}

interface Following {
  url: string
  /** Asks GitHub, without following redirects. */
  ask(url: string): Promise<Answered>
  /** What was sent: the token and the condition go no further than they are for. */
  headers: Headers
  signal: AbortSignal | null
  fetch: typeof globalThis.fetch
}

export type FollowRedirects = (following: Following) => Promise<Followed>

/** The Fetch standard's redirect statuses, section 2.2.3. */
const redirects = new Set([301, 302, 303, 307, 308])
/** These may lead to another resource, whose answer is not that of the one that was asked for (RFC 9110, section 15.4). */
const seeOther = new Set([302, 303])
/** Redirects whose answer is kept under the URL to which they lead; `fetch` itself follows those after them. */
const maxKept = 5

/** Follows redirects where `redirect: 'manual'` shows where they lead: in Node, not in browsers. */
export const followRedirects: FollowRedirects = async ({ ask, headers, signal, fetch, ...first }) => {
  let { url } = first
  for (let kept = 0; ; kept++) {
    const answered = await ask(url)
    const { response, sentAt } = answered
    const next = redirects.has(response.status) ? response.headers.get('location') : null
    if (next === null) return { ...answered, url }
    await response.body?.cancel()
    const target = URL.parse(next, url)
    // `fetch` takes `data:` where that is asked for, but not where a redirect leads there (Fetch standard, section 4.4).
    if (!target?.protocol.startsWith('http')) throw new TypeError('fetch failed: GitHub redirects to no HTTP URL')
    const isGitHub = target.origin === new URL(url).origin
    if (isGitHub && !seeOther.has(response.status) && kept < maxKept) {
      url = target.href
      continue
    }
    // A signed URL elsewhere must not get the token.
    if (!isGitHub) headers.delete('authorization')
    // Nor is the condition, which is made of it and is about another body.
    for (const name of ['if-none-match', 'if-modified-since']) headers.delete(name)
    const elsewhere = await fetch(target, { headers, cache: 'no-store', credentials: 'omit', signal })
    return { response: elsewhere, sentAt, url: target.href, isElsewhere: true }
  }
}
