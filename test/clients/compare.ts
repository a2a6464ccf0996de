import type { GitHub } from '@ghmesh/github-sim'
import { linkMeaning } from '../support/link-meaning.ts'

/** One answer as a driver saw it. */
export interface Page {
  status: number
  headers: Record<string, string>
  /** Base64; empty where it is large. */
  body: string
  sha256: string
}

/** What became of a step. */
export interface Result {
  pages?: Page[]
  error?: boolean
  message?: string
}

export type Places = (text: string) => string

/** Takes what must differ out of a text: where the client asked, and where archives and logs are. */
export function placesIn(github: GitHub, base: string, socket?: string): Places {
  const bases = [base, github.url, ...(socket ? [`http://unix:${socket}:`, 'http://[::1]', 'http://localhost'] : [])]
  return (text) =>
    bases
      .reduce((all, one) => all.replaceAll(one, 'BASE'), text)
      .replaceAll(new RegExp(`${github.filesUrl}([^?"]*)(?:\\?[^"]*)?`, 'g'), 'FILES$1')
}

/** How the proxy says that GitHub gave no answer, or not the whole of it. */
const isProxyError = ({ status, body }: Page) =>
  status === 502 && /"ghmesh: cannot reach /.test(Buffer.from(body, 'base64').toString())

/**
 * What of an answer has to be the same. An ETag belongs to the request that was sent: only whether there is one. A link may be
 * spelled in another way where it came from a member (docs/clients.md): then what it means.
 */
export function essence({ pages, error }: Result, places: Places, byMember = false): unknown {
  if (error || !pages || pages.some(isProxyError)) return 'an error'
  return pages.map(({ status, headers, body, sha256 }) => {
    const type = headers['content-type'] ?? ''
    const [link, location] = [headers.link, headers.location].map((value) => value && places(value))
    const seen = {
      status,
      type,
      link: byMember ? linkMeaning(headers.link) : link,
      location,
      etag: headers.etag !== undefined
    }
    const text = Buffer.from(body, 'base64').toString()
    // GitHub prints JSON for people where it takes the client for a browser or curl.
    if (!/^application\/json/.test(type) || text === '') return { ...seen, sha256 }
    return { ...seen, json: JSON.parse(places(text)) }
  })
}
