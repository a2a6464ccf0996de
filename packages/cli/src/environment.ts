import { hostname } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import type { MeshOptions } from 'ghmesh'
import { defaultCacheDir } from 'ghmesh/cache-folder'
import { port } from './arguments.ts'
import { CliError } from './errors.ts'

// The SDK reads the same variables; these are the few whose values commands need themselves.
const first = (...names: string[]): string | undefined => found(...names)?.value

/** The first variable that is set, and its value. */
const found = (...variables: string[]): { variable: string; value: string } | undefined =>
  variables
    .map((variable) => ({ variable, value: process.env[variable]?.trim() ?? '' }))
    .find(({ value }) => value !== '')

export const apiUrl = (): string => (first('GITHUB_API_URL') ?? 'https://api.github.com').replace(/\/+$/, '')

export const memberName = (): string => first('RUNNER_NAME') ?? hostname()

export const cacheDir = (): string | undefined => first('IPFS_ACCELERATE_CACHE_DIR', 'CACHE_DIR')

/** Where entries are kept: in the given folder, in the one that the environment names, or in the user's cache folder. */
export const cacheDirOf = (given: string | undefined): string => resolve(given ?? cacheDir() ?? defaultCacheDir())

export const registryRepository = (): string | undefined => first('GITHUB_REPOSITORY', 'IPFS_ACCELERATE_GITHUB_REPO')

export const secretInEnvironment = () => found('CACHE_P2P_SHARED_SECRET', 'GHMESH_SECRET')

/** Why there are no members, with or without a secret; undefined if there can be. */
export function networkingOff(): string | undefined {
  const said = first('CACHE_ENABLE_P2P')
  return said === undefined || isSet(said)
    ? undefined
    : `networking is off because CACHE_ENABLE_P2P is ${JSON.stringify(said)}; unset it`
}

export const graphqlTtlInEnvironment = () => found('GHMESH_GRAPHQL_TTL')

export const tokenInEnvironment = () => found('GH_TOKEN', 'GITHUB_TOKEN')

/** The other machine's address, for `ghmesh probe`. */
export const remoteAddress = (): string | undefined => first('P2P_REMOTE_MULTIADDR')

/**
 * Where a member listens.
 *
 * @throws CliError if it is not a port
 */
export function listenPort(): number {
  const received = first('CACHE_LISTEN_PORT')
  if (received === undefined) return 9100
  try {
    return port(received)
  } catch {
    throw new CliError(
      `variable CACHE_LISTEN_PORT takes a whole number from 0 to 65535; received ${JSON.stringify(received)}`,
      2
    )
  }
}

/** The options that a transport made by hand takes from the environment. */
export const networkOptions = (): Pick<MeshOptions, 'forceLocalhost' | 'announceIp'> => ({
  forceLocalhost: isSet(first('IPFS_ACCELERATE_P2P_FORCE_LOCALHOST')),
  announceIp: first('IPFS_ACCELERATE_PUBLIC_IP')
})

const listOf = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

/** As `ghmesh-relay` prints them. */
export const relayAddresses = (): string[] => listOf(first('GHMESH_RELAYS'))

/** URLs of STUN and TURN servers. */
export const iceServers = (): string[] => listOf(first('GHMESH_ICE_SERVERS'))

/** The options that a transport made by hand needs for relays. */
export const relayOptions = (): Pick<MeshOptions, 'relays' | 'iceServers'> => ({
  relays: relayAddresses(),
  iceServers: iceServers().map((urls) => ({ urls }))
})

/** Whether this member can find others: there is a place to look, or the local network. */
export const findsMembers = (): boolean =>
  first(
    'GITHUB_REPOSITORY',
    'IPFS_ACCELERATE_GITHUB_REPO',
    'IPFS_ACCELERATE_P2P_CACHE_DIR',
    'GHMESH_PEERS_DIR',
    'CACHE_BOOTSTRAP_PEERS',
    'GHMESH_RELAYS'
  ) !== undefined || usesMdns()

/** Whether members are looked for on the local network. */
export function usesMdns(): boolean {
  const said = first('GHMESH_MDNS')
  return said === undefined ? !networkOptions().forceLocalhost : isSet(said)
}

/** What to do if it cannot. */
export const noWayToMembers =
  'there is no way to find members; set GITHUB_REPOSITORY to a repository whose issue lists them, IPFS_ACCELERATE_P2P_CACHE_DIR to a folder that all share, CACHE_BOOTSTRAP_PEERS to a "listening" address of another member, or GHMESH_RELAYS to what a relay prints'

const isSet = (value: string | undefined): boolean => value !== undefined && !/^(?:0|false|no|off)$/i.test(value)
