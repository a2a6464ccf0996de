/**
 * A token is one viewer however it is sent: as `Bearer`, as `token`, or as the password of `Basic`, for GitHub takes all three
 * (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api). An app's JWT goes with `Bearer` only, and what
 * else may be a password only GitHub can tell.
 */
export function credentialIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(bearer|token|basic)\s+(\S+)\s*$/i.exec(authorization) ?? []
  if (/^(?:bearer|token)$/i.test(scheme)) return /^eyJ[\w-]*\./.test(value) ? authorization : `Bearer ${value}`
  const [, password = ''] = /:(.*)$/.exec(scheme ? decoded(value) : '') ?? []
  return /^(?:gh[pousr]_|github_pat_)\w/.test(password) ? `Bearer ${password}` : authorization
}

function decoded(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}
