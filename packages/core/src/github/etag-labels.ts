import type { Bytes } from '../bytes.ts'
import type { ValidatorClass } from '../entry.ts'
import { computeEtag, type EtagInputs, type EtagScheme, hashedInputs, opaqueTag } from './etag.ts'

/** Bodies whose ETag could not be recomputed, in a row, until the scheme counts as changed. */
const driftAfter = 5
const driftPauseMs = 10 * 60_000

/** Labels the ETags of own answers, learns from them how they are made, and notices when that has changed. */
export interface EtagLabels {
  /** Labels the ETag of an own 200, and picks the form of its body that was hashed; the last one where none was. */
  classify(
    etag: string | null,
    forms: Iterable<Bytes> | AsyncIterable<Bytes>,
    inputs: EtagInputs,
    viewer: string
  ): Promise<{ validator: ValidatorClass; body: Bytes }>
  /** Whether an own 200 has shown how the ETags of this viewer are made, for a token sent this way, and none since was other. */
  holdsFor(inputs: EtagInputs, viewer: string): boolean
}

export function createEtagLabels(scheme: EtagScheme, githubNow: () => number, onDrift: () => void): EtagLabels {
  let mismatches = 0
  const isDoubted = () => githubNow() < scheme.doubtedUntil

  return {
    holdsFor: (inputs, viewer) => mismatches === 0 && !isDoubted() && scheme.isShown(inputs, viewer),
    async classify(etag, forms, inputs, viewer) {
      const tag = opaqueTag(etag)
      const hashed = /^[\da-f]{64}$/.test(tag)
      const first = scheme.covers(inputs, viewer)
      let body: Bytes = new Uint8Array()
      for await (body of forms) {
        if (!hashed) continue
        for (const covers of inputs.authorization === undefined ? [false] : [first, !first]) {
          if ((await computeEtag(body, hashedInputs(inputs, covers))) !== tag) continue
          scheme.show(inputs, viewer, covers)
          mismatches = 0
          return { validator: 'portable', body }
        }
      }
      if (!hashed) return { validator: /^[\da-f]{40}$/.test(tag) ? 'object' : tag ? 'verbatim' : 'none', body }
      if (++mismatches >= driftAfter) {
        if (!isDoubted()) onDrift()
        scheme.doubtedUntil = githubNow() + driftPauseMs
      }
      return { validator: 'verbatim', body }
    }
  }
}
