/*
 * What a relay, or another implementation, needs of PROTOCOL.md: proofs, envelopes, and the two protocols that are spoken
 * without being a member. None of it but `groupKeyOf`, which turns a secret into what a relay may know, takes one.
 */
export { topicOf } from '../group/group.ts'
export { type CheckedProof, checkProof } from '../group/proof.ts'
export { groupIdOf, groupKeyOf } from '../group/public-key.ts'
export { defaultLimits } from '../limits.ts'
export { type Bucket, createBucket } from '../members/bucket.ts'
export { relayName } from '../members/relays.ts'
export { type Envelope, unpackEnvelope } from '../transport/envelope.ts'
export { createExchange } from '../transport/exchange.ts'
export { hostOf } from '../transport/host.ts'
export { createProbe } from '../transport/probe.ts'
export { stopNode } from '../transport/stop-node.ts'
export { createWaitingRoom, type WaitingRoom } from '../transport/waiting-room.ts'
export { decodeQuestion, encodeAnswer, questionVersion } from '../transport/wire.ts'
