import { type Bytes, concat } from '../bytes.ts'
import { proofBytes } from '../group/proof.ts'
import { protocolVersion } from './wire.ts'

/** A gossip message as a relay sees it: version (1 byte), the sender's proof (104), then what only members can open. */
export interface Envelope {
  proof: Uint8Array
  sealed: Uint8Array
}

export const packEnvelope = ({ proof, sealed }: Envelope): Bytes =>
  concat(Uint8Array.of(protocolVersion), proof, sealed)

/** An envelope, or why the bytes are not one: another version of the protocol, or no message at all. */
export type Unpacked = Envelope | 'version' | 'malformed'

/** Takes a gossip message apart; checks neither proof nor seal. */
export function unpackEnvelope(message: Uint8Array): Unpacked {
  if (message[0] !== protocolVersion) return 'version'
  if (message.byteLength <= 1 + proofBytes) return 'malformed'
  return { proof: message.subarray(1, 1 + proofBytes), sealed: message.subarray(1 + proofBytes) }
}
