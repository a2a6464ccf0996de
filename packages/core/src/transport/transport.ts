import type { AbortOptions } from '../abort.ts'

/** A member connected now. */
export interface Peer {
  id: string
  /** As its presence tells; absent until that came. */
  name?: string | undefined
  path: 'direct' | 'relayed'
  transport: 'tcp' | 'websocket' | 'webrtc' | 'webrtc-direct' | 'other'
  /** Last measured round trip, in milliseconds. */
  rttMs?: number
}

/** Carries bytes; knows nothing of groups, entries or GitHub. */
export interface Transport {
  /** Known once `start` resolved. */
  readonly peerId: string
  /** Multiaddrs at which others can dial this one, each ending in `/p2p/<peerId>`. */
  readonly addresses: string[]
  /**
   * Listens and joins `topics`: messages are published to the first and received from all.
   * Rejects with MeshError `ERR_TRANSPORT` when it cannot listen at all.
   */
  start(topics: readonly string[], handlers: TransportHandlers): Promise<void>
  /** Connects, or finds that it is connected; resolves to the peer id. Rejects with `ERR_TRANSPORT`. */
  dial(address: string, options?: AbortOptions): Promise<string>
  /**
   * Takes a place at a connected relay, so that others reach this one through it; `addresses` say so then. Absent where there
   * are no relays. Rejects where the relay gives none.
   */
  reserve?(relayPeerId: string): Promise<void>
  /** What relays keep for members that come later. Absent where there are no relays. */
  readonly shelves?: Shelves | undefined
  /** Every connected peer, proven or not. */
  peers(): Peer[]
  /** Sends to everybody on the first topic. Nobody there is no error: 0 recipients. */
  publish(message: Uint8Array): Promise<{ recipients: number }>
  /** Asks one connected peer; the frames of its answer in order. Rejects with `ERR_TRANSPORT` when the answer breaks off. */
  request(peerId: string, bytes: Uint8Array, options?: AbortOptions): AsyncIterable<Uint8Array>
  /** Closes all connections to a peer; one that is not connected is no error. */
  disconnect(peerId: string): Promise<void>
  /** Closes everything; nothing keeps the process alive afterwards. A second stop does nothing. */
  stop(): Promise<void>
}

/** The way to what relays keep for members that come later. */
export interface Shelves {
  /** Whether a connected relay keeps anything; resolves to false when it disconnects before that is known. */
  isAt(relayPeerId: string): Promise<boolean>
  /** As `Transport.request`, by the protocol for that. */
  request(relayPeerId: string, bytes: Uint8Array, options?: AbortOptions): AsyncIterable<Uint8Array>
}

/** What the mesh does with what arrives. Nothing here throws or rejects, except the iteration of `request`. */
export interface TransportHandlers {
  /** A published message: `from` signed it, `through` handed it over. `reject` counts against the peer that handed it over. */
  message(from: string, bytes: Uint8Array, through: string): Promise<'accept' | 'ignore' | 'reject'>
  /** A question; the frames of the answer. When the iteration throws, the asker sees a broken answer. */
  request(from: string, bytes: Uint8Array, options: AbortOptions): AsyncIterable<Uint8Array>
  /** A peer has connected; it has proven nothing yet. */
  connect(peer: Peer): void
  /** The last connection to a peer has closed. */
  disconnect(peer: Peer): void
  /** The name that a peer is told which asks whether anybody is here, proven or not; absent or undefined: none. */
  probed?(from: string): string | undefined
}
