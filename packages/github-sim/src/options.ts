import type { RepositoryOptions } from './data/new-repository.ts'
import type { SecondaryLimits } from './secondary.ts'
import type { TokenOptions } from './tokens.ts'
import type { OrganizationOptions } from './world.ts'

/** Options of `startGitHub`. All are optional. */
export interface GitHubOptions {
  /** TCP port. Default 0: a free one. */
  port?: number | undefined
  /** Address to listen on. Default `127.0.0.1`: this machine only. */
  host?: string | undefined
  /** Same seed, same data and same choice of weak or strong ETags. Default 1. */
  seed?: number | undefined
  /** The clock, in ms since 1970. Default `Date.now`. */
  now?: (() => number) | undefined
  /** Waits this long before each answer, in ms. Default 0. */
  latencyMs?: number | undefined
  /** Path before every route, such as `/api/v3` for GitHub Enterprise Server. Default none. */
  basePath?: string | undefined
  /** Base URL that bodies and `Link` show. Default: the server's own, with `basePath`. */
  apiUrl?: string | undefined
  /** Compress bodies when the request accepts gzip, as GitHub does. Default true. */
  gzip?: boolean | undefined
  /** Who each token is, by token. Default: `sim-token-alice`, admin of all repositories, and `sim-token-bob`. */
  tokens?: Record<string, TokenOptions> | undefined
  /** Default: octocat/Hello-World, octocat/secret-plans (private), octo-org/handbook (internal), octo-org/website. */
  repositories?: RepositoryOptions[] | undefined
  /** Default: `octo-org` with the member `alice`. */
  organizations?: OrganizationOptions[] | undefined
  /** Primary limit of callers without a token, calls an hour. Default 60. */
  anonymousLimit?: number | undefined
  /** As GitHub Enterprise Server in private mode: callers without a token get 401, whatever they ask. Default false. */
  privateMode?: boolean | undefined
  /** Limits against bursts; false switches them off. Default 100 at once and 900 points a minute. */
  secondaryLimits?: SecondaryLimits | false | undefined
}

export type ResolvedOptions = {
  [K in Exclude<keyof GitHubOptions, 'apiUrl'>]-?: Exclude<GitHubOptions[K], undefined>
} & { apiUrl: string | undefined }

const organizations: OrganizationOptions[] = [{ login: 'octo-org', members: ['alice'] }]

const repositories: RepositoryOptions[] = [
  {
    fullName: 'octocat/Hello-World',
    description: 'My first repository on GitHub!',
    issues: 40,
    pulls: 6,
    commits: 36,
    topics: ['octocat', 'atom', 'electron', 'api']
  },
  { fullName: 'octocat/secret-plans', visibility: 'private', description: 'Not for everybody' },
  { fullName: 'octo-org/handbook', visibility: 'internal', description: 'How we work' },
  { fullName: 'octo-org/website', description: 'The web site' }
]

/** `alice` is admin everywhere; `bob` sees public repositories only, so the others are 404 for him. */
function defaultTokens(all: RepositoryOptions[]): Record<string, TokenOptions> {
  const admin = Object.fromEntries(all.map((r) => [r.fullName, 'admin' as const]))
  return { 'sim-token-alice': { login: 'alice', permissions: admin }, 'sim-token-bob': { login: 'bob' } }
}

function wholeNumber(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new TypeError(`${name} must be a whole number from ${min} to ${max}, got ${String(value)}`)
  }
}

/** Fills in the defaults. @throws TypeError when a value makes no sense; the message shows the value. */
export function resolveOptions(options: GitHubOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    seed: options.seed ?? 1,
    now: options.now ?? Date.now,
    latencyMs: options.latencyMs ?? 0,
    basePath: options.basePath ?? '',
    apiUrl: options.apiUrl?.replace(/\/+$/, ''),
    gzip: options.gzip ?? true,
    tokens: options.tokens ?? defaultTokens(options.repositories ?? repositories),
    repositories: options.repositories ?? repositories,
    organizations: options.organizations ?? organizations,
    privateMode: options.privateMode ?? false,
    anonymousLimit: options.anonymousLimit ?? 60,
    secondaryLimits: options.secondaryLimits ?? {}
  }
  wholeNumber('port', resolved.port, 0, 65535)
  wholeNumber('seed', resolved.seed, 0, 0xffffffff)
  wholeNumber('latencyMs', resolved.latencyMs, 0, 600_000)
  wholeNumber('anonymousLimit', resolved.anonymousLimit, 0, 1_000_000)
  if (!/^(\/[\w.-]+)*$/.test(resolved.basePath)) {
    throw new TypeError(`basePath must be "" or like "/api/v3", got "${resolved.basePath}"`)
  }
  return resolved
}
