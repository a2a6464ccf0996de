/** GitHub's forms of tokens, of any length: with a prefix, or 40 hex digits where one was made before 2021. */
export const isToken = (text: string): boolean => /^(?:gh[pousr]_\w|github_pat_\w|[\da-f]{40}$)/.test(text)

/**
 * A token is one viewer however it is sent: as `Bearer`, as `token`, or as either half of `Basic`, for GitHub takes all of them
 * (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api). An app's JWT goes with `Bearer` only, and what
 * else may be a password only GitHub can tell.
 */
export function credentialIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(bearer|token|basic)\s+(\S+)\s*$/i.exec(authorization) ?? []
  if (/^(?:bearer|token)$/i.test(scheme)) return /^eyJ[\w-]*\./.test(value) ? authorization : `Bearer ${value}`
  const [, user = '', password = ''] = /^([^:]*):(.*)$/.exec(scheme ? decoded(value) : '') ?? []
  const token = /^(?:x-oauth-basic)?$/.test(password) ? user : password
  return isToken(token) ? `Bearer ${token}` : authorization
}

function decoded(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}
