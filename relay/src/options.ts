import type { TlsOptions } from 'node:tls'
import type { WebRtcCertificate } from './certificate.ts'
import type { RelayLimits } from './limits.ts'
import type { Port } from './port.ts'

/** Options of `createRelay`. */
export interface RelayOptions {
  /** Address to listen on. Default `0.0.0.0`, every IPv4 address of the machine; `127.0.0.1` for this machine only. */
  host?: string | undefined
  /** TCP port, 0 for any, or `off`. Default 4001. */
  tcpPort?: Port | undefined
  /** WebSocket port, 0 for any, or `off`. Default 4002. */
  webSocketPort?: Port | undefined
  /** UDP port for WebRTC-direct, 0 for any, or `off`. Default `off`, because it needs the native `node-datachannel`. */
  webRtcPort?: Port | undefined
  /** The certificate of WebRTC-direct, from an earlier `certificate`. Default: a new one, and with it a new address. */
  webRtcCertificate?: WebRtcCertificate | undefined
  /**
   * Certificate and key, PEM, to serve WebSockets over TLS; with `SNICallback`, newer ones for clients that connect by a name. Default:
   * plain, for loopback or a reverse proxy.
   */
  tls?: ({ cert: string; key: string } & Pick<TlsOptions, 'SNICallback'>) | undefined
  /** Multiaddrs to announce to members instead of the addresses of this machine. `start` rejects one that members cannot dial. */
  announce?: readonly string[] | undefined
  /** Ids (hex) of the groups to serve. Default: every group. */
  groups?: readonly string[] | undefined
  /** IP addresses of reverse proxies in front of it, to which limits per address do not apply. */
  proxies?: readonly string[] | undefined
  /** What members leave for those that come later is kept here, sealed. Default: nothing is kept. */
  shelf?: { directory: string; bytes: number } | undefined
  /** The relay's identity, as libp2p's protobuf of a private key. Default: a new one. */
  privateKey?: Uint8Array | undefined
  /** Limits that differ from `defaultRelayLimits`. */
  limits?: Partial<RelayLimits> | undefined
  /** Where events are logged. Default: nowhere. */
  logger?: RelayLogger | undefined
  /** Also log peer ids and addresses. Default false. */
  logAddresses?: boolean | undefined
}

/** The methods of a logger that a relay uses, such as pino's. */
export interface RelayLogger {
  /** Details for finding a fault. */
  debug(about: object, what: string): void
  /** Normal events. */
  info(about: object, what: string): void
  /** Something that needs attention. */
  warn(about: object, what: string): void
}
