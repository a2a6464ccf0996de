/*
 * What a relay, or another implementation, needs of PROTOCOL.md: proofs, envelopes, and the two protocols that are spoken
 * without being a member. None of it but `groupKeyOf`, which turns a secret into what a relay may know, takes one.
 */
export { topicOf } from '../group/group.ts'
export { type CheckedProof, checkProof } from '../group/proof.ts'
export { groupIdOf, groupKeyOf } from '../group/public-key.ts'
export { hostOf } from '../libp2p/host.ts'
export { createWaitingRoom, type WaitingRoom, type WaitingRoomOptions } from '../libp2p/waiting-room.ts'
export { defaultLimits } from '../limits.ts'
export { type Bucket, createBucket } from '../peers/bucket.ts'
export { relayName } from '../peers/relays.ts'
export { type Envelope, type Unpacked, unpackEnvelope } from './envelope.ts'
export {
  decodeShelfQuestion,
  encodeShelfAnswer,
  isSignedRecord,
  shelfNumbers,
  shelfProtocol
} from './shelf.ts'
export { decodeQuestion, encodeAnswer, questionVersion } from './wire.ts'
