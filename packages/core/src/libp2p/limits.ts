/**
 * What the ports of a Node member accept before a peer has proven its membership. "Address" is an IPv4 address or an IPv6
 * network of 64 bits.
 */
export const portLimits = {
  /** Connections at once: far more than a member needs, and few enough to leave descriptors to the program around it. */
  connections: 300,
  /** Connections of one peer at once: one by each transport and direction, and one through a relay. */
  connectionsPerPeer: 8,
  /** Streams that a connection may open, of whatever protocol; each can hold bytes that nobody has read. */
  streamsPerConnection: 256,
  /** New connections a second from one address: an office or a cloud's runners may share one. */
  connectionsPerSecondAndAddress: 100,
  /** Connections that are still shaking hands, in all and from one address; the one that has waited longest makes room. */
  handshakes: 128,
  handshakesPerAddress: 32,
  /** A handshake may take this long. */
  handshakeMs: 15_000,
  /** How often a connection is tried, and when it counts as broken: a thread that is busy for seconds has not gone. */
  monitor: { pingInterval: 60_000, pingTimeout: { minTimeout: 15_000 } },
  /** Largest WebSocket message: libp2p sends frames of 64 KiB. */
  webSocketMessageBytes: 1024 ** 2,
  /** A closed WebSocket waits this long for the other side to agree. */
  webSocketCloseMs: 2000
}
