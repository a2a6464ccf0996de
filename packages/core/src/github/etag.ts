import { LRU } from 'tiny-lru'
import { concat, sha256Hex, utf8 } from '../bytes.ts'
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

/** An entity-tag without weakness mark and quotes: GitHub sends weak and strong by chance, and `If-None-Match` compares weakly. */
export const opaqueTag = (etag: string | null): string => etag?.replace(/^W\//, '').replace(/^"|"$/g, '') ?? ''

/** How GitHub makes the ETags of each viewer, as far as own answers have shown; the scheme is no contract. */
export interface EtagScheme {
  /** The ETag that this viewer's own request would get for a body; undefined while the scheme is in doubt. */
  compute(body: Uint8Array, inputs: EtagInputs, viewer: string): Promise<string | undefined>
  /** Whether the hash covers `Authorization`, for a token sent this way: as an own answer has shown, or else as is usual. */
  covers(inputs: EtagInputs, viewer: string): boolean
  /** Whether an own answer has shown it. */
  isShown(inputs: EtagInputs, viewer: string): boolean
  /** An own answer shows it, and ends all doubt. */
  show(inputs: EtagInputs, viewer: string, covers: boolean): void
  /** Until when the scheme is in doubt, ms on GitHub's clock. */
  doubtedUntil: number
}

/** The headers that are hashed. */
export const hashedInputs = (inputs: EtagInputs, covers: boolean): EtagInputs =>
  covers ? inputs : { accept: inputs.accept }

export function createEtagScheme(githubNow: () => number): EtagScheme {
  // Whether the hash covers Authorization: not for App JWTs and OAuth app credentials, and `Vary` cannot be read in browsers.
  const coversAuthorization = new LRU<boolean>(256)
  // One viewer may send its token in several ways.
  const nameOf = (viewer: string, { authorization = '' }: EtagInputs) =>
    `${viewer} ${authorization.split(' ')[0]?.toLowerCase()}`

  const scheme: EtagScheme = {
    doubtedUntil: 0,
    covers: (inputs, viewer) =>
      coversAuthorization.get(nameOf(viewer, inputs)) ?? !/^basic /i.test(credentialIn(inputs.authorization ?? '')),
    isShown: (inputs, viewer) => coversAuthorization.has(nameOf(viewer, inputs)),
    show(inputs, viewer, covers) {
      coversAuthorization.set(nameOf(viewer, inputs), covers)
      scheme.doubtedUntil = 0
    },
    async compute(body, inputs, viewer) {
      if (githubNow() < scheme.doubtedUntil) return undefined
      return `"${await computeEtag(body, hashedInputs(inputs, scheme.covers(inputs, viewer)))}"`
    }
  }
  return scheme
}
