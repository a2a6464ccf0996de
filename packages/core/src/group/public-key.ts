import { type Bytes, base64url, fromBase64url, hex, sha256 } from '../bytes.ts'
import { MeshError } from '../errors.ts'
import { deriveKeys } from './keys.ts'
import { rootOf } from './root.ts'

/*
 * A group's public key as text: `ghg1_` and its 32 bytes in base64url. It lets its holder tell the group's members from
 * others, but not join the group or read its messages.
 */
const prefix = 'ghg1_'

const formatGroupKey = (publicKey: Bytes): string => prefix + base64url(publicKey)

/**
 * The public key of the group that a secret makes.
 *
 * @throws MeshError ERR_INVALID_OPTION for a secret that cannot be one.
 */
export async function groupKeyOf(secret: string): Promise<string> {
  return formatGroupKey((await deriveKeys(await rootOf(secret))).signingKey.publicKey)
}

/**
 * The id of a group, from its public key as text.
 *
 * @throws MeshError ERR_INVALID_OPTION for anything else.
 */
export async function groupIdOf(key: string): Promise<string> {
  const [, encoded] = /^ghg1_([\w-]{43})$/.exec(key.trim()) ?? []
  if (encoded === undefined) {
    // Not shown: what was put here by mistake may be the secret.
    throw new MeshError(
      'ERR_INVALID_OPTION',
      `a group's public key is ${prefix} and 43 letters, digits, - or _ after that; this has ${key.trim().length} characters: copy what "ghmesh group" prints`
    )
  }
  return hex(await sha256(fromBase64url(encoded)))
}
