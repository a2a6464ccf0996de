import { LRU } from 'tiny-lru'
import { type Bytes, concat, hex, sha256Hex, utf8 } from '../bytes.ts'
import type { ValidatorClass } from '../entry.ts'
import { credentialIn } from './credential.ts'

/** The request headers that GitHub hashes with the body. */
export interface EtagInputs {
  accept: string
  authorization?: string | undefined
}

/** The 64 hex digits between the quotes, for a request whose response varies by `Authorization` or does not. */
export function computeEtag(body: Uint8Array, { accept, authorization }: EtagInputs): Promise<string> {
  return sha256Hex(
    concat(utf8(`${accept}:`), authorization === undefined ? new Uint8Array() : utf8(`${authorization}:`), body)
  )
}

/** The id that git gives to a file with this content: SHA-1 over `blob`, its length, NUL and the content. */
export async function gitBlobId(body: Bytes): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-1', concat(utf8(`blob ${body.byteLength}\0`), body))))
}

/** An entity-tag without weakness mark and quotes: GitHub sends weak and strong by chance, and `If-None-Match` compares weakly. */
export const opaqueTag = (etag: string | null): string => etag?.replace(/^W\//, '').replace(/^"|"$/g, '') ?? ''

/** Bodies whose ETag could not be recomputed, in a row, until the scheme counts as changed. */
const driftAfter = 5
const driftPauseMs = 10 * 60_000

/** Labels the ETags of own answers, and notices when GitHub's scheme, which is no contract, has changed. */
export interface EtagScheme {
  /** Labels the ETag of an own 200, and picks the form of its body that was hashed; the last one where none was. */
  classify(
    etag: string | null,
    forms: Iterable<Bytes> | AsyncIterable<Bytes>,
    inputs: EtagInputs,
    viewer: string
  ): Promise<{ validator: ValidatorClass; body: Bytes }>
  /** The ETag that this viewer's own request would get for a body; undefined while the scheme is in doubt. */
  compute(body: Uint8Array, inputs: EtagInputs, viewer: string): Promise<string | undefined>
  /** Whether an own 200 has shown how the ETags of this viewer are made, for a token sent this way, and none since was other. */
  holdsFor(inputs: EtagInputs, viewer: string): boolean
}

export function createEtagScheme(githubNow: () => number, onDrift: () => void): EtagScheme {
  // Whether the hash covers Authorization: not for App JWTs and OAuth app credentials, and `Vary` cannot be read in browsers.
  const coversAuthorization = new LRU<boolean>(256)
  let mismatches = 0
  let suspendedUntil = 0

  const inputsOf = (inputs: EtagInputs, covers: boolean): EtagInputs => (covers ? inputs : { accept: inputs.accept })
  // One viewer may send its token in several ways.
  const nameOf = (viewer: string, authorization = '') => `${viewer} ${authorization.split(' ')[0]?.toLowerCase()}`
  const guess = (viewer: string, { authorization }: EtagInputs) =>
    coversAuthorization.get(nameOf(viewer, authorization)) ?? !/^basic /i.test(credentialIn(authorization ?? ''))

  return {
    holdsFor: ({ authorization }, viewer) =>
      mismatches === 0 && githubNow() >= suspendedUntil && coversAuthorization.has(nameOf(viewer, authorization)),
    async classify(etag, forms, inputs, viewer) {
      const tag = opaqueTag(etag)
      const hashed = /^[\da-f]{64}$/.test(tag)
      const first = guess(viewer, inputs)
      let body: Bytes = new Uint8Array()
      for await (body of forms) {
        if (!hashed) continue
        for (const covers of inputs.authorization === undefined ? [false] : [first, !first]) {
          if ((await computeEtag(body, inputsOf(inputs, covers))) !== tag) continue
          coversAuthorization.set(nameOf(viewer, inputs.authorization), covers)
          mismatches = 0
          suspendedUntil = 0
          return { validator: 'portable', body }
        }
      }
      if (!hashed) return { validator: /^[\da-f]{40}$/.test(tag) ? 'object' : tag ? 'verbatim' : 'none', body }
      if (++mismatches >= driftAfter) {
        if (githubNow() >= suspendedUntil) onDrift()
        suspendedUntil = githubNow() + driftPauseMs
      }
      return { validator: 'verbatim', body }
    },
    async compute(body, inputs, viewer) {
      if (githubNow() < suspendedUntil) return undefined
      return `"${await computeEtag(body, inputsOf(inputs, guess(viewer, inputs)))}"`
    }
  }
}
