/** One request as the log keeps it. No token, cookie or other secret is in it. */
export interface Call {
  /** When it arrived, in ms since 1970 by the simulator's clock. */
  at: number
  method: string
  /** Path without the base path, such as `/repos/octocat/Hello-World`. */
  path: string
  /** Path and query without the base path; the values of query parameters that hold secrets are replaced by `***`. */
  url: string
  /** The caller's label, `anonymous`, or `bad-token` for a token that is not registered. */
  caller: string
  /** The caller's login, or undefined when anonymous. */
  login: string | undefined
  /** 0 until answered, and when the connection was cut instead. */
  status: number
  /** Units of the primary limit that it cost. A 304 to a registered token costs 0. */
  units: number
  ifNoneMatch: string | undefined
  ifModifiedSince: string | undefined
  accept: string | undefined
  userAgent: string | undefined
  apiVersion: string | undefined
  origin: string | undefined
  /** The `Host` header. */
  host: string | undefined
}

/** Which calls: an exact path (or path and query), a pattern on path and query, or a function. */
export type Matcher = string | RegExp | ((call: Call) => boolean)

export function matches(matcher: Matcher, call: Call): boolean {
  if (typeof matcher === 'function') return matcher(call)
  if (typeof matcher === 'string') return matcher === call.path || matcher === call.url
  return call.url.search(matcher) >= 0
}

const secretParameters = /([?&](?:access_token|token|client_secret|code|sig|signature)=)[^&]*/gi

/** The log's entry for a request that just arrived. */
export function newCall(request: Request, basePath: string, at: number): Call {
  const { pathname, search } = new URL(request.url)
  const path = pathname.startsWith(basePath) ? pathname.slice(basePath.length) || '/' : pathname
  const header = (name: string) => request.headers.get(name) ?? undefined
  return {
    at,
    method: request.method,
    path,
    url: path + search.replace(secretParameters, '$1***'),
    caller: 'anonymous',
    login: undefined,
    status: 0,
    units: 0,
    ifNoneMatch: header('if-none-match'),
    ifModifiedSince: header('if-modified-since'),
    accept: header('accept'),
    userAgent: header('user-agent'),
    apiVersion: header('x-github-api-version'),
    origin: header('origin'),
    host: header('host')
  }
}

/** The log keeps this many calls; older ones fall out. */
const maxCalls = 100_000

/** The log, and those who wait for its next entry. */
export function createCallLog(listener: (call: Call) => void = () => {}) {
  const calls: Call[] = []
  const waiting = new Set<{ matcher: Matcher; resolve: (call: Call) => void }>()
  return {
    calls,
    add(call: Call): void {
      if (calls.length >= maxCalls) calls.splice(0, maxCalls / 10)
      calls.push(call)
    },
    /** Says that a call is answered. */
    done(call: Call): void {
      for (const waiter of waiting) {
        if (!matches(waiter.matcher, call)) continue
        waiting.delete(waiter)
        waiter.resolve(call)
      }
      listener(call)
    },
    /** The next call to be answered that matches. */
    next(matcher: Matcher): Promise<Call> {
      return new Promise((resolve) => waiting.add({ matcher, resolve }))
    },
    count(matcher: Matcher = () => true): number {
      return calls.filter((call) => matches(matcher, call)).length
    },
    units(login?: string): number {
      return calls.reduce((sum, call) => sum + (login === undefined || call.login === login ? call.units : 0), 0)
    }
  }
}

export type CallLog = ReturnType<typeof createCallLog>
