const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Every bound of a relay, with its unit in its name. "Address" is an IPv4 address or an IPv6 network of 64 bits. */
export const defaultRelayLimits = {
  /** Connections at once; each costs 0.3 to 0.5 MB, so this is what bounds memory. */
  connections: 4000,
  /** Connections at once from one address. An office or a cloud's runners share one; more than this is no office. */
  connectionsPerAddress: 500,
  /** New connections a second from one address in the long run: a fleet that starts at once is let in within seconds. */
  connectionsPerSecondAndAddress: 50,
  /** New connections from one address that may come at once. */
  connectionsBurstPerAddress: 250,
  /** Connections of one peer at once: one by each way in, and some that are being replaced. */
  connectionsPerPeer: 8,
  /** Connections from one address that are still shaking hands; the one that has waited longest makes room. */
  handshakesPerAddress: 50,
  /** Connections that are still shaking hands, of all; the fullest address makes room. */
  handshakes: 500,
  /** A handshake may take this long. */
  handshakeMs: 8 * secondMs,
  /** Handshakes by WebRTC at once. Few, for each takes threads and memory before its sender has shown to exist. */
  webRtcHandshakes: 32,
  /** Handshakes by WebRTC at once from one address. */
  webRtcHandshakesPerAddress: 8,
  /** Handshakes by WebRTC that may begin a second. */
  webRtcHandshakesPerSecond: 10,
  /** Largest WebSocket message: libp2p sends frames of 64 KiB. */
  webSocketMessageBytes: MiB,
  /** A closed WebSocket waits this long for the other side to agree. */
  webSocketCloseMs: 2 * secondMs,
  /** Streams that a connection may open, of whatever protocol: circuits, and a few for the rest. */
  streamsPerConnection: 256,
  /** A connected peer is asked for a sign of life this often. Most of what an idle member costs; libp2p does it every 10 s. */
  pingMs: 30 * secondMs,

  /** Who has shown no valid proof after this is disconnected; what the protocol says. */
  unprovenMs: 5 * secondMs,
  /** A reservation waits this long for the proof that is sent at the same moment; clients give up after 5 s. */
  proofWaitMs: 3 * secondMs,
  /** How long a proof may be valid; what the protocol says. */
  proofLifetimeMs: 24 * hourMs,
  /** Groups that one peer may show proofs of. */
  groupsPerPeer: 8,
  /** Groups served at once. Each has a topic, whose peers are gone through every second. */
  groups: 1000,
  /** Groups that were first shown from one address, else one machine could take all. */
  groupsPerAddress: 64,
  /** A group's topic is left this long after its last member went: most come back, and joining anew costs them 10 s. */
  groupLingerMs: minuteMs,
  /** Largest question on the exchange protocol; what the protocol says. */
  questionBytes: 4 * KiB,
  /** Streams of questions on one connection: a member needs one, and each can hold unread bytes. */
  questionStreams: 8,
  /** Questions a second on the exchange protocol from one peer: a proof costs a signature check. */
  questionsPerSecond: 5,
  /** Questions of one peer that may come at once. */
  questionsBurst: 32,

  /** Reservations at once: as many as there can be members. */
  reservations: 4000,
  /** Reservations from one address; as many as it may have connections. */
  reservationsPerAddress: 500,
  /** How long a reservation lasts; clients renew five minutes before its end. */
  reservationMs: 15 * minuteMs,
  /** Circuits at once. Each keeps two streams and up to 0.5 MiB in flight. */
  circuits: 4000,
  /** Circuits that end at one peer, and circuits that begin at it: the members that one member talks to. */
  circuitsPerPeer: 128,
  /** Circuits that begin at one address. */
  circuitsPerAddress: 1000,
  /** Bytes that one circuit may carry, both directions. Enough for a day's entries, yet an end. */
  circuitBytes: GiB,
  /** A circuit ends after this, and its members open another. */
  circuitMs: 6 * hourMs,
  /** Requests for reservations and circuits a second from one peer. */
  hopsPerSecond: 10,
  /** Requests for reservations and circuits of one peer that may come at once. */
  hopsBurst: 200,

  /** Largest gossip message; what the protocol says. */
  messageBytes: 64 * KiB,
  /** Largest frame of gossip: several messages, or an answer to a request for missed ones. */
  frameBytes: MiB,
  /** Messages a second that one sender may publish: the rate at which members hear it. */
  messagesPerSecond: 50,
  /** Messages of one sender that may come at once. */
  messagesBurst: 200,
  /** Bytes a second that one sender may publish. */
  messageBytesPerSecond: MiB,
  /** Messages a second that one peer may hand over: its own and those of the members it is connected to. */
  handedPerSecond: 500,
  /** Messages of one peer, its own and others', that may come at once. */
  handedBurst: 2000,
  /** Bytes a second that one peer may hand over. More is dropped; who sends twice as much all the time is disconnected. */
  handedBytesPerSecond: 8 * MiB,
  /** Gossip frames a second from one peer, with and without messages; over the burst it is disconnected. */
  framesPerSecond: 1000,
  /** Gossip frames of one peer that may come at once. */
  framesBurst: 8000,
  /** Messages of one group that may come at once, whatever other groups send. */
  messagesBurstOfGroup: 2000,
  /** Messages a second of all together, half of it divided among the groups: what is remembered of each message takes memory. */
  messagesPerSecondOfAll: 5000,
  /** A message is known again for this long. */
  seenMs: minuteMs,
  /** What may lie ready for a peer that reads slowly, before its gossip stream is closed. */
  outboundBytes: 4 * MiB,

  /** After so many rejected messages a peer is disconnected and not heard; what the protocol says. */
  rejectedMessages: 20,
  /** How long a peer is shut out. */
  shutOutMs: 15 * minuteMs,
  /** Peers whose rate and rejections are remembered. */
  rememberedPeers: 8192,
  /** Proofs that were checked and are remembered. */
  rememberedProofs: 8192,
  /** Expired proofs and dead gossip streams are looked for this often. */
  sweepMs: 15 * secondMs,
  /** A relay that drains has this long until it closes what is still open. */
  drainMs: 3 * secondMs
}

/** All of {@link defaultRelayLimits}. */
export type RelayLimits = typeof defaultRelayLimits
