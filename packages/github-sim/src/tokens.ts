import { createHash } from 'node:crypto'

/** What somebody may do with a repository; each role includes the ones before it. */
export type Role = 'pull' | 'triage' | 'push' | 'maintain' | 'admin'

/** Who a token stands for and what it may do. */
export interface TokenOptions {
  /** The user it belongs to; made when the world has no such user. */
  login: string
  /** What logs call it, instead of the token. Default: the login. */
  label?: string
  /** Primary limit, calls an hour. Default 5000. */
  limit?: number
  /** All tokens with one `quota` name share a budget. Default: the login, as at GitHub. */
  quota?: string
  /** `app`: an App's JWT or an OAuth app, whose answers are `public` and vary by `Accept` alone. Default `user`. */
  kind?: 'user' | 'app'
  /** Role by `owner/name`. Not listed: `pull` on public repositories, and on internal ones for members of the owner. */
  permissions?: Record<string, Role | 'none'>
  /** The `x-oauth-scopes` header. Default `repo, user`. */
  scopes?: string
}

/** A registered token, without the secret. */
export interface Token {
  digest: string
  login: string
  label: string
  limit: number
  quota: string
  kind: 'user' | 'app'
  scopes: string
  /** Role by repository id. */
  roles: Map<number, Role | 'none'>
}

/** How tokens are looked up: the secret itself is kept nowhere, so nothing can print it. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** A token with the defaults filled in. */
export function newToken(secret: string, options: TokenOptions, roles: Token['roles']): Token {
  const { login, label = login, limit = 5000, quota = login, kind = 'user', scopes = 'repo, user' } = options
  return { digest: digestOf(secret), login, label, limit, quota, kind, scopes, roles }
}

/**
 * The token in an `Authorization` value: `token X`, `Bearer X`, or either half of `Basic`. Undefined for anything else.
 */
export function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+)\s+(\S+)\s*$/.exec(authorization) ?? []
  if (/^(token|bearer)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':')
  return password === '' || password === 'x-oauth-basic' ? user : password
}
