import type { Bytes } from '../bytes.ts'
import type { Discovery, FilePeersOptions, MdnsOptions } from '../discovery/discovery.ts'
import type { MeshError } from '../errors.ts'
import type { FollowRedirects } from '../github/redirects.ts'
import type { Limits } from '../limits.ts'
import type { MeshOptions, Setting } from '../options.ts'
import type { Store, StoreBounds } from '../store/store.ts'
import type { Libp2pTransport } from '../transport/libp2p-transport.ts'

/** What differs between Node and browsers; both files of this folder export these names. */
export interface Platform {
  /** @throws MeshError ERR_RUNTIME where ghmesh cannot run. */
  requireRuntime(): void
  /** What the environment says of options. */
  settings(): Setting[]
  /** Towards the origin: the global one, as it was at import. */
  defaultFetch: typeof globalThis.fetch
  /** Where `redirect: 'manual'` shows where a redirect leads: in Node, not in browsers. */
  followRedirects?: FollowRedirects | undefined
  /** What this member is called where nobody says. */
  memberName(): string
  /** `connects`: it has to be this process's alone, for others know it by its key. */
  openIdentity(options: Pick<MeshOptions, 'cacheDir'>, connects: boolean): Promise<Identity>
  defaultStore(
    options: Pick<MeshOptions, 'cacheDir'> & { limits: Limits },
    onWarning: (error: MeshError) => void
  ): Store
  /** `tag`: what members of this group know each other by on the local network; absent without a secret. */
  defaultDiscovery(options: MeshOptions, onWarning: (error: MeshError) => void, tag: string | undefined): Discovery[]
  libp2pTransport(options?: Libp2pTransportOptions): Libp2pTransport
  /** The user's token towards an origin, from other tools on this machine. */
  findToken(apiUrl: string): Promise<string | undefined>
  /** Whether members here can connect by WebRTC once a relay has brought them together. */
  hasWebRtc(): Promise<boolean>
  /** Browser: whether all tabs of an origin can have one mesh between them. */
  hasTabs: boolean
  /** Calls when the platform says that things may be better now: on-line again, or in sight. Returns what ends that. */
  onWake(wake: () => void): () => void
  /** Timers are slowed down here now, as in a page that nobody looks at. */
  isHidden(): boolean
  filesystemStore(options: StoreBounds & { directory: string; onWarning?: (error: MeshError) => void }): Store
  filePeers(options: FilePeersOptions): Discovery
  mdns(options: MdnsOptions): Discovery
}

/** Who this process is, to others and to itself. */
export interface Identity {
  /** Random and local: fingerprints of tokens are made with it. */
  machineKey: Bytes
  /** libp2p's protobuf of a private key; absent: a new identity for this process alone. */
  privateKey?: Bytes
  /** Lets another process have this identity. */
  release(): Promise<void>
}

/** Of `libp2pTransport`; the rest are options of the mesh that it belongs to. */
export interface Libp2pTransportOptions
  extends Pick<
    MeshOptions,
    'listenPort' | 'announceIp' | 'forceLocalhost' | 'allowPrivateAddresses' | 'relays' | 'iceServers'
  > {
  /** libp2p's protobuf of a private key. Default: a new one. */
  privateKey?: Uint8Array | undefined
  /** Hears of what goes wrong while nobody waits. */
  onWarning?: ((error: MeshError) => void) | undefined
}
