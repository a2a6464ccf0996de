/** What a route answers, before headers, ETag and conditional requests are dealt with. */
export interface Reply {
  /** Default 200. */
  status?: number
  /** The JSON body. */
  json?: unknown
  /** What the ETag is computed from, when not `json`. */
  etagJson?: unknown
  /** A body that is not JSON. */
  bytes?: Uint8Array
  contentType?: string
  /** A git object id to send as ETag, or `none`. Default: the hash of the body; errors and redirects have none. */
  etag?: string
  /** ISO time for `last-modified`. */
  lastModified?: string
  headers?: Record<string, string>
  /** What it costs of the primary limit. Default 1. */
  points?: number
}

const docs = 'https://docs.github.com/rest'

/** An error body as GitHub writes it. */
export function failure(status: number, message: string, more: object = {}, documentation = docs): Reply {
  return { status, json: { message, ...more, documentation_url: documentation, status: String(status) } }
}

export const notFound = () => failure(404, 'Not Found')
export const requiresAuthentication = () => failure(401, 'Requires authentication')

export function invalid(resource: string, field: string, code: 'missing_field' | 'invalid' | 'already_exists'): Reply {
  return failure(422, 'Validation Failed', { errors: [{ resource, code, field }] })
}

/** The same of a value that a field cannot have, as recorded for milestones and assignees. */
export function invalidValue(resource: string, field: string, value: unknown): Reply {
  return failure(422, 'Validation Failed', { errors: [{ value, resource, field, code: 'invalid' }] })
}

/** A redirect with the body GitHub sends along. */
export function redirect(status: 301 | 307, url: string): Reply {
  const message = status === 301 ? 'Moved Permanently' : 'Temporary Redirect'
  const documentation = `${docs}/guides/best-practices-for-using-the-rest-api#follow-redirects`
  return { status, headers: { location: url }, json: { message, url, documentation_url: documentation } }
}

/** A 302 to another origin: archives and logs. */
export function elsewhere(url: string): Reply {
  return { status: 302, headers: { location: url, 'content-type': 'text/html;charset=utf-8' } }
}
