import { TopicValidatorResult } from '@libp2p/gossipsub'
import { unpackEnvelope } from 'ghmesh/protocol'
import type { Gate } from './gate.ts'
import type { Proofs } from './proofs.ts'
import type { Tally } from './tally.ts'
import type { Traffic } from './traffic.ts'

/**
 * Decides whether one message, whose signature gossipsub has checked, is forwarded; in the order of PROTOCOL.md.
 *
 * @param through Who handed it over; @param from who published it
 */
export type MessageCheck = (
  groupId: string,
  through: string,
  from: string,
  data: Uint8Array
) => Promise<TopicValidatorResult>

export function createMessageCheck(gate: Gate, proofs: Proofs, traffic: Traffic, tally: Tally): MessageCheck {
  const { Accept, Ignore, Reject } = TopicValidatorResult
  return async (groupId, through, from, data) => {
    if (gate.isShutOut(from) || !traffic.published(from, groupId, data.byteLength)) return Ignore
    const envelope = unpackEnvelope(data)
    if (envelope === 'version') {
      tally.rejected('message-version')
      return Ignore
    }
    const malformed = envelope === 'malformed'
    const proof = malformed ? undefined : await proofs.check(envelope.proof, from)
    if (proof?.groupId === groupId) {
      proofs.renew(from, proof)
      tally.message(data.byteLength)
      return Accept
    }
    const reason = malformed ? 'message-malformed' : 'message-proof'
    if (from !== through) {
      tally.rejected(reason) // the peer that handed it over may be a relay that saw a valid proof
      return Ignore
    }
    traffic.reject(from, reason)
    return Reject
  }
}
