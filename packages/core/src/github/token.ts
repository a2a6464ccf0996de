import { credentialIn, isToken } from './credential.ts'

/** The token in an `Authorization` value, if it is one of GitHub's; those cannot be guessed, as a password might. */
export function tokenIn(authorization: string): string | undefined {
  const [, token = ''] = /^Bearer (.+)$/.exec(credentialIn(authorization)) ?? []
  return isToken(token) ? token : undefined
}
