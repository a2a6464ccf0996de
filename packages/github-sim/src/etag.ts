import { createHash } from 'node:crypto'

/** What a REST response's ETag is made from. `undefined` means the request did not send that header; `''` is sent empty. */
export interface EtagInput {
  accept?: string | undefined
  authorization?: string | undefined
  cookie?: string | undefined
  /** The compact body, before pretty-printing and compression. */
  body: string | Uint8Array
  /** The response's `Vary`: a request header counts only when it is listed here. Default: all three count. */
  vary?: string | undefined
}

/** The 64 hex digits GitHub puts between the quotes of a REST response's ETag. */
export function etagOf({ accept, authorization, cookie, body, vary }: EtagInput): string {
  const listed = vary?.split(',').map((name) => name.trim().toLowerCase())
  const hash = createHash('sha256')
  for (const [name, value] of Object.entries({ accept, authorization, cookie })) {
    if (value !== undefined && (listed?.includes(name) ?? true)) hash.update(`${value}:`)
  }
  return hash.update(body).digest('hex')
}

/** The `Vary` of an answer: `private` ones differ by token and cookie, `public` ones by `Accept` alone. */
export function varyOf(scope: 'private' | 'public'): string {
  const by = scope === 'private' ? 'Accept, Authorization, Cookie, X-GitHub-OTP' : 'Accept'
  return `${by}, Accept-Encoding, Accept, X-Requested-With`
}

/** Whether an `If-None-Match` value names this ETag (given without quotes). Weak and strong forms are equal. */
export function etagMatches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((one) => {
    const tag = one.trim()
    return tag === '*' || tag.replace(/^W\//, '') === `"${etag}"`
  })
}
