import { type CheckedProof, checkProof } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'

/** Checks the signatures of proofs, each once; a relay needs no secret for that. */
export interface CheckedProofs {
  /** Undefined for a proof that is not valid, has expired, or belongs to another peer. */
  check(proof: Uint8Array, peerId: string): Promise<CheckedProof | undefined>
}

export function createCheckedProofs(limits: RelayLimits, now: () => number): CheckedProofs {
  const checked = new LRUCache<string, Promise<CheckedProof | undefined>>({ max: limits.rememberedProofs })
  return {
    async check(proof, peerId) {
      const name = `${peerId} ${Buffer.from(proof).toString('base64')}`
      const checking = checked.get(name) ?? checkProof(proof, peerId, now(), limits.proofLifetimeMs)
      checked.set(name, checking)
      const result = await checking
      // Not kept: anybody can make any number of these.
      if (!result) checked.delete(name)
      return result && result.expiresAt > now() ? result : undefined
    }
  }
}
