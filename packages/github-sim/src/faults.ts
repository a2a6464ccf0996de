import { type Call, type Matcher, matches } from './calls.ts'
import type { Resource } from './quota.ts'

/** Matching requests that wait at the server. */
export interface Hold {
  /** Resolves with the first call that is held. */
  arrived: Promise<Call>
  /** How many calls wait now. */
  readonly waiting: number
  /** Lets those that wait go on, and holds no more. Calling it again does nothing. */
  release(): void
}

/** Options of `hold`. */
export interface HoldOptions {
  /**
   * `request` (default): held before the data is read, so the answer is as of the release. `response`: the answer is made
   * when the call arrives and held on its way out, so it may be old when it is released.
   */
  phase?: 'request' | 'response'
}

/** An answer that a test wrote itself. */
export type CustomResponse = Response | ((request: Request, call: Call) => Response | Promise<Response>)

/** What kind of rate limit to pretend. */
export interface LimitOptions {
  /** `primary` (default): the quota is used up. `secondary`: too many calls in a burst. */
  kind?: 'primary' | 'secondary'
  /** Which limit is used up, for `primary` only: `core`, `graphql`, `search` or `code_search`. Default: all of them. */
  resource?: Resource
  /** Default 403. GraphQL answers 200 to `primary` all the same, with `errors`. */
  status?: 403 | 429
  /** The `retry-after` header in seconds, sent for `secondary` only. Default 60. */
  retryAfterSeconds?: number
  /** How many calls are refused. Default: all until `unlimit`. */
  times?: number
}

export type PretendedLimit = Required<Omit<LimitOptions, 'resource'>> & Pick<LimitOptions, 'resource'>

/** Everything that can go wrong on purpose. */
export function createFaults() {
  const holds = new Set<{
    matcher: Matcher
    phase: string
    enter: (call: Call) => Promise<void>
    release: () => void
  }>()
  const answers: { matcher: Matcher; response: CustomResponse; left: number }[] = []
  return {
    /** Set while the server is down: cut the connection, or answer with this status. */
    down: undefined as 'reset' | number | undefined,
    driftEtags: false,
    /** Pretended limits by quota owner. */
    limits: new Map<string, PretendedLimit>(),

    hold(matcher: Matcher, { phase = 'request' }: HoldOptions = {}): Hold {
      const gate = Promise.withResolvers<void>()
      const first = Promise.withResolvers<Call>()
      let waiting = 0
      const entry = {
        matcher,
        phase,
        async enter(call: Call) {
          waiting++
          first.resolve(call)
          await gate.promise
          waiting--
        },
        release() {
          holds.delete(entry)
          gate.resolve()
        }
      }
      holds.add(entry)
      return {
        arrived: first.promise,
        get waiting() {
          return waiting
        },
        release: entry.release
      }
    },
    /** Waits while a hold of this phase matches. */
    async wait(call: Call, phase: string): Promise<void> {
      for (const hold of [...holds]) if (hold.phase === phase && matches(hold.matcher, call)) await hold.enter(call)
    },
    releaseAll(): void {
      for (const hold of [...holds]) hold.release()
    },
    respond(matcher: Matcher, response: CustomResponse, times: number): void {
      answers.push({ matcher, response, left: times })
    },
    /** The custom answer for this call, when there is one; uses it up. */
    async custom(request: Request, call: Call): Promise<Response | undefined> {
      const found = answers.find((a) => matches(a.matcher, call))
      if (!found) return undefined
      if (--found.left <= 0) answers.splice(answers.indexOf(found), 1)
      return typeof found.response === 'function' ? found.response(request, call) : found.response.clone()
    },
    /** The pretended limit for this owner, when there is one; uses up one of its times. */
    limited(owner: string, resource: Resource): PretendedLimit | undefined {
      const limit = this.limits.get(owner)
      if (limit?.kind === 'primary' && limit.resource && limit.resource !== resource) return undefined
      if (limit && --limit.times <= 0) this.limits.delete(owner)
      return limit
    }
  }
}

export type Faults = ReturnType<typeof createFaults>
