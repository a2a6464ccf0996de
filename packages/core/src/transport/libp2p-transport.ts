import type { AbortOptions } from '../abort.ts'
import type { Peer, Transport } from './transport.ts'

export interface ProbeOptions extends AbortOptions {
  /** Round trips to measure, 16 at most. Default 5. */
  rounds?: number | undefined
}

/** What a peer is, as far as it tells without a proof. */
export interface ProbeReport extends Pick<Peer, 'path' | 'transport'> {
  peerId: string
  /** Of ghmesh, as the peer says. */
  version: string
  /** As the peer says; members tell it to members only. It may hold any character. */
  name?: string
  /** Each round trip, in milliseconds, in order. */
  rttMs: number[]
}

/** The transport of ghmesh itself. */
export interface Libp2pTransport extends Transport {
  /**
   * Connects and asks who is there; needs no secret. The connection stays.
   * Rejects with `ERR_TRANSPORT` where nobody can be reached or it is no ghmesh, the reason in `cause`, and with
   * `ERR_PROTOCOL` where the answer makes no sense.
   */
  probe(address: string, options?: ProbeOptions): Promise<ProbeReport>
}
