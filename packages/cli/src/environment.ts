import { hostname } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import { defaultCacheDir } from 'ghmesh/cache-folder'

// The SDK reads the same variables; these are the few whose values a command needs before or beside it.
const first = (...names: string[]): string | undefined =>
  names.map((name) => process.env[name]?.trim()).find((value) => value !== undefined && value !== '')

export const apiUrl = (): string => (first('GITHUB_API_URL') ?? 'https://api.github.com').replace(/\/+$/, '')

export const memberName = (): string => first('RUNNER_NAME') ?? hostname()

export const cacheDir = (): string | undefined => first('IPFS_ACCELERATE_CACHE_DIR', 'CACHE_DIR')

/** Where entries are kept: as given, as the environment says, or in the user's cache folder. */
export const cacheDirOf = (given: string | undefined): string => resolve(given ?? cacheDir() ?? defaultCacheDir())

export const registryRepository = (): string | undefined => first('GITHUB_REPOSITORY')

/** Something tells this member of others: a place to look, or the local network. */
export const findsMembers = (): boolean =>
  first('GITHUB_REPOSITORY', 'IPFS_ACCELERATE_P2P_CACHE_DIR', 'GHMESH_PEERS_DIR', 'CACHE_BOOTSTRAP_PEERS') !==
    undefined ||
  !isSet(first('IPFS_ACCELERATE_P2P_FORCE_LOCALHOST')) ||
  isSet(first('GHMESH_MDNS'))

/** What to do where nothing does. */
export const noWayToMembers =
  'nothing says where members are; set GITHUB_REPOSITORY to a repository whose issue lists them, IPFS_ACCELERATE_P2P_CACHE_DIR to a folder that all share, or CACHE_BOOTSTRAP_PEERS to a "listening" address of another member'

const isSet = (value: string | undefined): boolean => value !== undefined && !/^(?:0|false|no)$/i.test(value)
