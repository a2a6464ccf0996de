const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Every limit of a relay, with its unit in its name. "Address" is an IPv4 address or an IPv6 network of 64 bits. */
export const defaultRelayLimits = {
  /** Maximum connections at once. Each costs 0.3 to 0.5 MB, so this limits memory. */
  connections: 4000,
  /** Maximum connections at once from one address. The members of an office, or a cloud provider's runners, can share one address; no office needs more than this. */
  connectionsPerAddress: 500,
  /** Sustained rate of new connections per second from one address: a fleet that starts all at once is let in within seconds. */
  connectionsPerSecondAndAddress: 50,
  /** Maximum burst of new connections from one address. */
  connectionsBurstPerAddress: 250,
  /** Maximum connections of one peer at once: one for each transport, and some that are being replaced. */
  connectionsPerPeer: 8,
  /** Maximum unfinished handshakes from one address; at the limit, the oldest one is closed. */
  handshakesPerAddress: 50,
  /** Maximum unfinished handshakes in total; at the limit, the address with the most of them loses one. */
  handshakes: 500,
  /** Maximum duration of a handshake. */
  handshakeMs: 8 * secondMs,
  /** Maximum WebRTC handshakes at once. Low, because each uses threads and memory before its sender is known to exist. */
  webRtcHandshakes: 32,
  /** Maximum WebRTC handshakes at once from one address. */
  webRtcHandshakesPerAddress: 8,
  /** Maximum number of WebRTC handshakes started per second. */
  webRtcHandshakesPerSecond: 10,
  /** Maximum size of a WebSocket message: libp2p sends frames of 64 KiB. */
  webSocketMessageBytes: MiB,
  /** How long a closed WebSocket waits for the other side to agree. */
  webSocketCloseMs: 2 * secondMs,
  /** Maximum streams that a peer can open on one connection, for all protocols: circuits, and a few for the rest. */
  streamsPerConnection: 256,
  /** Interval of pings to a connected peer. This is most of the cost of an idle member; libp2p pings every 10 s. */
  pingMs: 30 * secondMs,

  /** A peer without a valid proof is disconnected after this; set by the protocol. */
  unprovenMs: 5 * secondMs,
  /** How long a reservation waits for the proof that is sent at the same time; clients give up after 5 s. */
  proofWaitMs: 3 * secondMs,
  /** Maximum validity of a proof; set by the protocol. */
  proofLifetimeMs: 24 * hourMs,
  /** Maximum groups for which one peer can show proofs. */
  groupsPerPeer: 8,
  /** Maximum groups served at once. Each has a topic, whose peers are checked every second. */
  groups: 1000,
  /** Maximum groups first shown from one address; otherwise one machine could use up all of them. */
  groupsPerAddress: 64,
  /** How long the relay stays in a group's topic after its last member has left: most members come back, and joining again costs them 10 s. */
  groupLingerMs: minuteMs,
  /** Maximum size of a request on the exchange protocol; set by the protocol. */
  questionBytes: 4 * KiB,
  /** Maximum request streams on one connection: a member needs one, and each can hold unread bytes. */
  questionStreams: 8,
  /** Requests per second on the exchange protocol from one peer: a proof costs a signature check. */
  questionsPerSecond: 5,
  /** Maximum burst of requests from one peer. */
  questionsBurst: 32,

  /** Groups that have a place on the shelf, unless groups are named: each has an equal share of it, and none can displace another's records. */
  shelfGroups: 8,
  /** Maximum shelf streams on one connection of a proven peer, each of which can hold an unread record of 256 KiB. */
  shelfStreams: 4,
  /** Records per second that one peer can leave on the shelf; a group can leave four times as many. */
  shelfPutsPerSecond: 50,
  /** Maximum burst of records from one peer; four times as many from a group. */
  shelfPutsBurst: 200,
  /** Keys per second that one peer can ask the shelf for; a group can ask for ten times as many. */
  shelfKeysPerSecond: 200,
  /** Maximum burst of keys from one peer; ten times as many from a group. */
  shelfKeysBurst: 2000,
  /** Bytes per second that one group can leave, and as many that it can take; eight times as many in a burst. */
  shelfBytesPerSecond: 4 * MiB,

  /** Maximum reservations at once: one for every possible member. */
  reservations: 4000,
  /** Maximum reservations from one address; as many as its connections. */
  reservationsPerAddress: 500,
  /** How long a reservation lasts; clients renew it five minutes before it ends. */
  reservationMs: 15 * minuteMs,
  /** Maximum circuits at once. Each keeps two streams and up to 0.5 MiB in flight. */
  circuits: 4000,
  /** Maximum circuits to one peer, and maximum circuits from one peer: the members that one member talks to. */
  circuitsPerPeer: 128,
  /** Maximum circuits from one address. */
  circuitsPerAddress: 1000,
  /** Maximum bytes that one circuit can carry, in both directions together: enough for a day's entries, but not unlimited. */
  circuitBytes: GiB,
  /** Maximum duration of a circuit; after it ends, its members open another. */
  circuitMs: 6 * hourMs,
  /** Requests for reservations and circuits per second from one peer. */
  hopsPerSecond: 10,
  /** Maximum burst of requests for reservations and circuits from one peer. */
  hopsBurst: 200,

  /** Maximum size of a gossip message; set by the protocol. */
  messageBytes: 64 * KiB,
  /** Maximum size of a gossip frame: several messages, or a response to a request for missed ones. */
  frameBytes: MiB,
  /** Messages per second that one sender can publish: the rate that members accept. */
  messagesPerSecond: 50,
  /** Maximum burst of messages from one sender. */
  messagesBurst: 200,
  /** Bytes per second that one sender can publish. */
  messageBytesPerSecond: MiB,
  /** Messages per second that one peer can forward: its own and those of the members it is connected to. */
  handedPerSecond: 500,
  /** Maximum burst of messages from one peer, its own and others'. */
  handedBurst: 2000,
  /** Bytes per second that one peer can forward. More is dropped; a peer that constantly sends twice as much is disconnected. */
  handedBytesPerSecond: 8 * MiB,
  /** Gossip frames per second from one peer, with or without messages; a peer that exceeds the burst is disconnected. */
  framesPerSecond: 1000,
  /** Maximum burst of gossip frames from one peer. */
  framesBurst: 8000,
  /** Maximum burst of messages in one group, whatever other groups send. */
  messagesBurstOfGroup: 2000,
  /** Messages per second in all groups together, half of it divided among the groups: remembering each message takes memory. */
  messagesPerSecondOfAll: 5000,
  /** How long a message is remembered, to recognise repeats. */
  seenMs: minuteMs,
  /** Maximum bytes queued for a peer that reads slowly, before its gossip stream is closed. */
  outboundBytes: 4 * MiB,

  /** Number of rejected messages after which a peer is disconnected and ignored; set by the protocol. */
  rejectedMessages: 20,
  /** How long a peer is blocked. */
  shutOutMs: 15 * minuteMs,
  /** Maximum peers whose rates and rejections are remembered. */
  rememberedPeers: 8192,
  /** Maximum verified proofs that are remembered. */
  rememberedProofs: 8192,
  /** Interval at which expired proofs and dead gossip streams are removed. */
  sweepMs: 15 * secondMs,
  /** How long a draining relay waits before it closes what is still open. */
  drainMs: 3 * secondMs
}

/** All of {@link defaultRelayLimits}. */
export type RelayLimits = typeof defaultRelayLimits
