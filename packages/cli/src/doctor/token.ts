import { findToken } from 'ghmesh'
import { apiUrl, tokenInEnvironment } from '../environment.ts'
import { type Finding, failure, ok, warning } from './check.ts'

export interface Token {
  /** Where it comes from, in words. */
  source: string
  value: string
}

/** The token that a member would use. */
export async function usedToken(): Promise<Token | undefined> {
  const set = tokenInEnvironment()
  if (set) return { source: set.variable, value: set.value }
  const value = await findToken(apiUrl())
  // The error of `fetch` would show a value that no header accepts.
  return value !== undefined && /^[\x21-\x7e]+$/.test(value) ? { source: '"gh auth token"', value } : undefined
}

/** `status`: of GitHub's response to it; undefined if there was none. */
export function checkToken(token: Token | undefined, status: number | undefined): Finding {
  if (!token) {
    return warning(
      'there is none: 60 calls an hour, shared by everyone behind this address, and no response is free',
      'log in with "gh auth login", or set GH_TOKEN'
    )
  }
  if (status === undefined) return warning(`from ${token.source}; not checked: GitHub cannot be reached`)
  if (status !== 401) return ok(`from ${token.source}`)
  return failure(
    `GitHub refuses the token from ${token.source} (401)`,
    token.source.startsWith('"gh') ? 'log in again with "gh auth login"' : `set ${token.source} to a valid token`
  )
}
