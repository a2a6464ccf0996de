import { LRUCache } from 'lru-cache'
import { raceSignal } from 'race-signal'

/** A stored response. */
interface GraphqlAnswer {
  status: number
  statusText: string
  headers: Headers
  body: Buffer
}

type Ask = (signal: AbortSignal) => Promise<Response>

interface Waiter {
  signal: AbortSignal
  /** Default: `default`. */
  mode?: RequestCache
}

/** One request under way, shared by everybody who asks the same meanwhile. */
interface InFlight {
  outcome: Promise<GraphqlAnswer>
  control: AbortController
  waiting: number
}

export interface GraphqlCache {
  /**
   * The response to a question: stored, being fetched for somebody else, or fetched now. `no-cache` always fetches it, and
   * `no-store` does so without storing it. Rejects as `ask` does, or when the waiter's signal aborts; the signal passed to `ask`
   * aborts once nobody waits any more.
   */
  answer(question: string, ask: Ask, waiter: Waiter): Promise<GraphqlAnswer>
  /** Something was written: responses to earlier questions are not used any more. */
  clear(): void
  readonly hits: number
}

export interface GraphqlCacheOptions {
  /** Counted from when GitHub was asked. */
  ttlMs: number
  /** Milliseconds. */
  now(): number
  /** Default 1000. */
  maxEntries?: number
  /** Maximum bytes of all bodies together. Default 32 MiB. */
  maxBytes?: number
}

/** Stores responses to queries for a given time; evicts the least recently used first. */
export function createGraphqlCache(options: GraphqlCacheOptions): GraphqlCache {
  const { ttlMs, now, maxEntries = 1000, maxBytes = 32 * 1024 * 1024 } = options
  const kept = new LRUCache<string, { answer: GraphqlAnswer; at: number }>({
    max: maxEntries,
    maxSize: maxBytes,
    maxEntrySize: Math.floor(maxBytes / 4),
    sizeCalculation: ({ answer }) => answer.body.length,
    ttl: Math.ceil(ttlMs),
    ttlResolution: 0, // otherwise a timer decides when the clock is read
    perf: { now }
  })
  let requests = new Map<string, InFlight>()
  let hits = 0

  /** Asks, and keeps the answer if it is good for later. */
  async function fetchAndKeep(question: string, asking: Promise<GraphqlAnswer>): Promise<GraphqlAnswer> {
    const mine = requests
    const at = now()
    const answer = await asking
    // Cleared meanwhile: this response may be from before the write. Nor does an older response replace a newer one.
    if (mine === requests && isGood(answer) && at >= (kept.peek(question)?.at ?? 0))
      kept.set(question, { answer, at }, { start: at })
    return answer
  }

  function start(question: string, ask: Ask): InFlight {
    const mine = requests
    const control = new AbortController()
    const outcome = fetchAndKeep(question, read(ask, control.signal, 'uri-miss')).finally(() => {
      if (mine.get(question) === request) mine.delete(question)
    })
    outcome.catch(() => {}) // each waiter sees it
    const request: InFlight = { outcome, control, waiting: 0 }
    mine.set(question, request)
    return request
  }

  async function join(question: string, request: InFlight, signal: AbortSignal): Promise<GraphqlAnswer> {
    const mine = requests
    request.waiting++
    try {
      return await raceSignal(request.outcome, signal)
    } finally {
      if (--request.waiting === 0) {
        if (mine.get(question) === request) mine.delete(question)
        request.control.abort()
      }
    }
  }

  return {
    async answer(question, ask, { signal, mode = 'default' }) {
      if (mode === 'no-store') return read(ask, signal, 'request')
      if (mode === 'no-cache') return fetchAndKeep(question, read(ask, signal, 'request'))
      const found = kept.get(question)
      if (found) {
        hits++
        return { ...found.answer, headers: labelled(found.answer.headers, 'ghmesh; hit', now() - found.at) }
      }
      const request = requests.get(question)
      if (!request) return join(question, start(question, ask), signal)
      const answer = await join(question, request, signal)
      hits++
      return { ...answer, headers: labelled(answer.headers, 'ghmesh; fwd=uri-miss; collapsed', 0) }
    },
    clear() {
      kept.clear()
      requests = new Map()
    },
    get hits() {
      return hits
    }
  }
}

async function read(ask: Ask, signal: AbortSignal, why: string): Promise<GraphqlAnswer> {
  const response = await ask(signal)
  const { status, statusText, headers } = response
  const body = Buffer.from(await response.arrayBuffer())
  return { status, statusText, headers: labelled(headers, `ghmesh; fwd=${why}; fwd-status=${status}`, 0), body }
}

function labelled(headers: Headers, status: string, ageMs: number): Headers {
  const copy = new Headers(headers)
  copy.delete('set-cookie')
  copy.set('cache-status', status)
  copy.set('age', String(Math.floor(ageMs / 1000)))
  return copy
}

/** A response that contains errors, such as a rate limit's, is not stored. */
function isGood({ status, body }: GraphqlAnswer): boolean {
  if (status !== 200) return false
  try {
    const { data, errors } = JSON.parse(body.toString())
    return typeof data === 'object' && data !== null && errors === undefined
  } catch {
    return false
  }
}
