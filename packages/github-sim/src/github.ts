import type { Call, Matcher } from './calls.ts'
import type { RepositoryOptions } from './data/new-repository.ts'
import type { CustomResponse, Hold, HoldOptions, LimitOptions } from './faults.ts'
import type { Download } from './files.ts'
import type { Resource } from './quota.ts'
import type { RepositoryControl } from './repository-controls.ts'
import type { Role, TokenOptions } from './tokens.ts'

/** How a server is down: nobody listens, connections are cut, or every answer has this 5xx status. */
export type Outage = 'refuse' | 'reset' | 500 | 502 | 503 | 504

/** A running simulator. */
export interface GitHub {
  /** Base URL of the API, with the base path and without a final slash. */
  readonly url: string
  /** Base URL of the other origin, which raw files, archives and logs come from. */
  readonly filesUrl: string
  readonly port: number

  /** The API calls so far, oldest first, without CORS preflights; the newest 90,000 at least. */
  readonly calls: readonly Call[]
  /** The requests at the other origin so far; the newest 10,000. */
  readonly downloads: readonly Download[]
  /** How many CORS preflights were answered. */
  readonly preflights: number
  /** How many calls match; all when no matcher is given. */
  count(matcher?: Matcher): number
  /** Units of the primary limit spent, by one login or by all. */
  units(login?: string): number
  /** The next matching call, once it is answered. */
  nextCall(matcher?: Matcher): Promise<Call>
  /** Empties `calls` and `downloads`, and so `count` and `units`; budgets stay. */
  clearCalls(): void

  /** @throws TypeError when there is no such repository */
  repository(fullName: string): RepositoryControl
  /** Adds a repository with issues and files, as the options say. */
  addRepository(options: RepositoryOptions): RepositoryControl
  /** Replaces the body at a path, or makes one where there is no route; a list is paginated. Undefined restores it. */
  setBody(path: string, json: unknown): void

  /** Adds a team to an organization and returns its slug; `members`: logins. */
  addTeam(organization: string, team: { name: string; members?: string[] }): string

  /** Registers a token, or replaces what it stands for. */
  addToken(token: string, options: TokenOptions): void
  /** 401 from then on. */
  revokeToken(token: string): void
  /** Gives a token a role on a repository; `none` takes private and internal ones away. Undefined: back to the default. */
  setRole(token: string, fullName: string, role: Role | 'none' | undefined): void
  /** Leaves out `permissions` everywhere. */
  omitPermissions(on?: boolean): void

  /** How many units of a resource (default `core`) a token (undefined: anonymous callers) has left until its reset. */
  setRemaining(token: string | undefined, remaining: number, resource?: Resource): void
  /** Refuses the calls of a token (undefined: anonymous callers) with a rate limit. */
  limit(token: string | undefined, options?: LimitOptions): void
  /** Ends `limit` and starts a fresh hour. */
  unlimit(token: string | undefined): void

  /** Waits this long before each answer, in ms. */
  setLatency(latencyMs: number): void
  /** Makes matching calls wait until released. */
  hold(matcher: Matcher, options?: HoldOptions): Hold
  /** Answers the next matching call with this very response: no quota, no headers of GitHub. */
  respondOnce(matcher: Matcher, response: CustomResponse): void
  /** Like `respondOnce`, for the next `times` calls. Default: all. */
  respond(matcher: Matcher, response: CustomResponse, times?: number): void
  /** Computes ETags in another way, which clients cannot reproduce; conditional requests still work. */
  driftEtags(on?: boolean): void
  /** Default `refuse`. */
  goDown(how?: Outage): Promise<void>
  /** Answers again, on the same port. */
  goUp(): Promise<void>

  /** Lets go of held calls, cuts all connections and closes. Calling it again does nothing. */
  stop(): Promise<void>
  /** Stops it, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
