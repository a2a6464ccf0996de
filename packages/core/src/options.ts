import type { Discovery } from './discovery/discovery.ts'
import type { Limits } from './limits.ts'
import type { Store } from './store/store.ts'
import type { Transport } from './transport/transport.ts'
import type { IceServer } from './web-types.ts'

/**
 * Options of `createMesh`, all optional: without any, it is a cache of GitHub's API on this machine.
 * `createMesh` rejects with MeshError `ERR_INVALID_OPTION` for a value that an option does not take.
 */
export interface MeshOptions {
  /**
   * The group's secret, from `ghmesh secret` or any passphrase. Of a list, the first is used to send and all to receive.
   * @default none: a local cache without networking
   */
  secret?: string | string[] | undefined
  /**
   * The GitHub token. It is sent only to the origin of `apiUrl`. A request's own `Authorization` header wins, and
   * `credentials: 'omit'` sends no token. A function is called for every request.
   * @default `GH_TOKEN`, `GITHUB_TOKEN`, or the output of `gh auth token`
   */
  token?: (string | (() => Promise<string | undefined>)) | undefined
  /**
   * Base URL of the API. For GitHub Enterprise Server: `https://HOST/api/v3`.
   * @default `https://api.github.com`
   */
  apiUrl?: string | undefined
  /**
   * The name that other members see.
   * @default `RUNNER_NAME`, or the host name
   */
  name?: string | undefined
  /**
   * What members are told. `public`: only what this member's own answers show to be public. `group`: private repositories
   * too, each served only to tokens to which GitHub shows it. A function narrows `public` further; it never sees credentials.
   * @default `public`
   */
  share?: ('public' | 'group' | ((request: Request, response: Response) => boolean)) | undefined
  /**
   * Members that hold the same token share what it sees, private and personal answers included, with each other and with nobody
   * else. False: what only a token sees stays on this machine.
   * @default true, where there is a secret
   */
  shareSameToken?: boolean | undefined
  /**
   * More routes whose answers can be shared, as templates below the API's base URL: `/repos/{owner}/{repo}/traffic/views`,
   * `{path...}` for several segments, `{number}` for a segment of digits. Add only routes that answer everybody with access
   * alike. They cannot override what ghmesh keeps private. Members without the same routes drop what they are told of them.
   * @default none besides ghmesh's own list
   */
  routes?: string[] | undefined
  /**
   * `group`: a member's fresh answer is served. `verify`: only after GitHub has confirmed it to this member's own token.
   * @default `group`
   */
  trust?: 'group' | 'verify' | undefined
  /**
   * How long answers are fresh, in ms. A function can return undefined to leave a URL to GitHub.
   * @default GitHub's `max-age`, 60,000
   */
  ttlMs?: (number | ((url: URL) => number | undefined)) | undefined
  /**
   * How long answers to GraphQL queries are kept, in ms, for the token that asked; 0: not at all. They have no ETag, so what is
   * changed elsewhere shows when that time is over. Any write through a member ends it at once.
   * @default 0
   */
  graphqlTtlMs?: number | undefined
  /**
   * How old an answer can be that is served when GitHub fails, in ms; 0 for never.
   * @default 86,400,000 (a day)
   */
  staleIfErrorMs?: number | undefined
  /**
   * How much of each token's rate limit is kept for your own requests, in percent. Where less is left, background work stops:
   * look-ups of repositories that are not held, audits, looks after writes, the peer registry. 0 keeps nothing.
   * @default 10
   */
  reservePercent?: number | undefined
  /**
   * The largest body that is cached, in bytes.
   * @default 16,777,216 (16 MiB)
   */
  maxEntryBytes?: number | undefined
  /**
   * Where entries are kept.
   * @default a file in `cacheDir` in Node, IndexedDB in browsers
   */
  store?: Store | undefined
  /**
   * Node: folder of the entries and of this member's identity.
   * @default the user's cache folder
   */
  cacheDir?: string | undefined
  /**
   * How bytes get to other members.
   * @default libp2p with the platform's transports
   */
  transport?: Transport | undefined
  /**
   * How members are found, in place of the defaults; an empty list for not at all.
   * @default what `peersDir`, `mdns`, `bootstrap` and `repository` say
   */
  discovery?: Discovery[] | undefined
  /**
   * False: local cache only, whatever else is set.
   * @default true
   */
  networking?: boolean | undefined
  /**
   * `owner/repo` whose issue is the peer registry.
   * @default `GITHUB_REPOSITORY`, or none
   */
  repository?: string | undefined
  /**
   * Node: folder of the file registry.
   * @default none
   */
  peersDir?: string | undefined
  /**
   * Node: find members on the local network by multicast DNS.
   * @default true, or false with `forceLocalhost` or a `transport`
   */
  mdns?: boolean | undefined
  /**
   * Multiaddrs of members to dial, each ending in `/p2p/<peer id>`.
   * @default none
   */
  bootstrap?: string[] | undefined
  /**
   * Multiaddrs of relays, each ending in `/p2p/<peer id>`. They are redialled for as long as the mesh runs; members behind
   * NATs and in browsers are reached through them.
   * @default none
   */
  relays?: string[] | undefined
  /**
   * STUN and TURN servers for direct connections between members behind NATs, once a relay has introduced them.
   * @default none: no server is asked
   */
  iceServers?: IceServer[] | undefined
  /**
   * Node: TCP port, 0 for any. If it is busy, the next free of 20. WebSockets listen on this port + 1000, or any free one.
   * @default 9100
   */
  listenPort?: number | undefined
  /**
   * The address that other members are told.
   * @default this machine's own IPv4 addresses, or its IPv6 addresses if it has no other
   */
  announceIp?: string | undefined
  /**
   * Listen on loopback only, and tell others no other address.
   * @default false
   */
  forceLocalhost?: boolean | undefined
  /**
   * Browser: dial `ws://` and LAN addresses too.
   * @default false
   */
  allowPrivateAddresses?: boolean | undefined
  /**
   * Browser: tabs of this origin with the same options share one member. With a custom `store`, `transport` or `discovery`
   * each tab is a member of its own.
   * @default true
   */
  shareTabs?: boolean | undefined
  /**
   * Bounds and waiting times that differ from `defaultLimits`; each name has its unit.
   * @default `defaultLimits`
   */
  limits?: Partial<Limits> | undefined
  /**
   * Sends requests to GitHub. Where a test replaces `globalThis.fetch` (MSW does), `(...args) => fetch(...args)`.
   * @default the global one as it was when ghmesh was imported, so that `globalThis.fetch = mesh.fetch` works
   */
  fetch?: typeof globalThis.fetch | undefined
  /**
   * The clock: milliseconds since the epoch.
   * @default `Date.now`
   */
  now?: (() => number) | undefined
  /**
   * A clock in milliseconds that is never set back; it reveals when `now` was.
   * @default `performance.now`, or none beside a custom `now`
   */
  monotonicNow?: (() => number) | undefined
  /**
   * At least 0, less than 1.
   * @default `Math.random`
   */
  random?: (() => number) | undefined
  /**
   * Where messages are written.
   * @default warnings and errors to the console
   */
  logger?: Pick<Console, 'debug' | 'info' | 'warn' | 'error'> | undefined
}

/** Options without those that are undefined. */
export type ReadOptions = { [K in keyof MeshOptions]?: Exclude<MeshOptions[K], undefined> } & { limits: Limits }

/** One option as something other than the caller says it. */
export interface Setting {
  option: keyof MeshOptions
  value: unknown
  /** What the user wrote, and where, for messages. */
  received: string
  said: string
  /** What it takes, where that is not what the option takes. */
  wanted?: string | undefined
}
