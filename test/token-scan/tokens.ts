import { createHash } from 'node:crypto'

/** The simulator's tokens, as they are used in all tests. */
export const tokens = ['sim-token-alice', 'sim-token-bob']

const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)

/** All forms in which a token must not be seen: itself, in base64, and its hashes. */
const forms: string[] = tokens.flatMap((token) => [
  token,
  base64(token),
  ...[token, `token ${token}`, `Bearer ${token}`, `bearer ${token}`].flatMap((text) => {
    const hash = createHash('sha256').update(text).digest()
    return [hash.toString('hex'), hash.toString('base64').slice(0, 40), hash.toString('base64url').slice(0, 40)]
  })
])
const hashes = tokens.flatMap((token) =>
  [token, `token ${token}`, `Bearer ${token}`].map((text) => createHash('sha256').update(text).digest())
)

/** What of `forbidden` is in some bytes. */
export function found(
  bytes: Uint8Array,
  forbidden: readonly (string | Uint8Array)[] = [...forms, ...hashes]
): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return forbidden
    .filter((form) => all.includes(form as string))
    .map((form) => (typeof form === 'string' ? form : 'the SHA-256 of a token'))
}

/** Looks through bytes that come in pieces, and across their borders. */
export function scanner(): (piece: Uint8Array | string) => string[] {
  let rest: Buffer = Buffer.alloc(0)
  return (piece) => {
    const bytes = Buffer.concat([rest, Buffer.from(piece as string)])
    rest = bytes.subarray(-128)
    return found(bytes)
  }
}
