import { createHash } from 'node:crypto'

/** As GitHub has made an installation's since 2026-04: some 520 characters. */
export const longToken = `ghs_1234567_eyJhbGciOiJSUzI1NiJ9.${'a_-1'.repeat(41)}.${'Zz-_'.repeat(80)}`

/** The simulator's tokens, as they are used in all tests, and one that only members share. */
export const tokens = ['sim-token-alice', 'sim-token-bob', longToken]

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

/** The most bytes that any of these takes. */
const longest = Math.max(...forms.map((form) => form.length))

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
    rest = bytes.subarray(-longest)
    return found(bytes)
  }
}
