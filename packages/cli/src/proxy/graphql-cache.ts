/** An answer as it can be given again. */
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

/** A question that GitHub is asked, for all who ask the same meanwhile. */
interface Flight {
  answer: Promise<GraphqlAnswer>
  control: AbortController
  waiting: number
}

export interface GraphqlCache {
  /**
   * The answer to a question: kept, being fetched for somebody, or asked for. Always asked for with `no-cache` and, then
   * without keeping it, `no-store`. Rejects as `ask` does, or when the waiter's signal aborts; the signal that `ask` gets
   * aborts once nobody waits for it any more.
   */
  answer(question: string, ask: Ask, waiter: Waiter): Promise<GraphqlAnswer>
  /** Something was written: nothing that was asked before is given any more. */
  clear(): void
  readonly hits: number
}

export interface GraphqlCacheOptions {
  ttlMs: number
  now(): number
  /** Default 1000. */
  maxEntries?: number
  /** All bodies together. Default 32 MiB. */
  maxBytes?: number
}

interface Kept {
  answer: GraphqlAnswer
  at: number
}

/** Answers to queries, for a given time; the least recently used go first. */
export function createGraphqlCache(options: GraphqlCacheOptions): GraphqlCache {
  const { ttlMs, now, maxEntries = 1000, maxBytes = 32 * 1024 * 1024 } = options
  const kept = new Map<string, Kept>()
  let flights = new Map<string, Flight>()
  let bytes = 0
  let hits = 0

  function remove(question: string): void {
    bytes -= kept.get(question)?.answer.body.length ?? 0
    kept.delete(question)
  }

  function keep(question: string, one: Kept): void {
    remove(question)
    if (one.answer.body.length > maxBytes / 4) return
    kept.set(question, one)
    bytes += one.answer.body.length
    for (const oldest of kept.keys()) {
      if (kept.size <= maxEntries && bytes <= maxBytes) break
      remove(oldest)
    }
  }

  /** Asks, and keeps the answer if it is good for later. */
  async function fetchAndKeep(question: string, asking: Promise<GraphqlAnswer>): Promise<GraphqlAnswer> {
    const mine = flights
    const at = now()
    const answer = await asking
    // Cleared meanwhile: this may be from before the write. And who was asked again does not go back.
    if (mine === flights && isGood(answer) && at >= (kept.get(question)?.at ?? 0)) keep(question, { answer, at })
    return answer
  }

  function start(question: string, ask: Ask): Flight {
    const mine = flights
    const control = new AbortController()
    const answer = fetchAndKeep(question, read(ask, control.signal, 'uri-miss')).finally(() => {
      if (mine.get(question) === flight) mine.delete(question)
    })
    answer.catch(() => {}) // each waiter sees it
    const flight: Flight = { answer, control, waiting: 0 }
    mine.set(question, flight)
    return flight
  }

  async function join(question: string, flight: Flight, signal: AbortSignal): Promise<GraphqlAnswer> {
    const mine = flights
    flight.waiting++
    try {
      return await Promise.race([flight.answer, end(signal)])
    } finally {
      if (--flight.waiting === 0) {
        if (mine.get(question) === flight) mine.delete(question)
        flight.control.abort()
      }
    }
  }

  return {
    async answer(question, ask, { signal, mode = 'default' }) {
      if (mode === 'no-store') return read(ask, signal, 'request')
      if (mode === 'no-cache') return fetchAndKeep(question, read(ask, signal, 'request'))
      const found = kept.get(question)
      if (found && now() - found.at < ttlMs) {
        hits++
        kept.delete(question)
        kept.set(question, found)
        return { ...found.answer, headers: labelled(found.answer.headers, 'ghmesh; hit', now() - found.at) }
      }
      const flight = flights.get(question)
      if (!flight) return join(question, start(question, ask), signal)
      const answer = await join(question, flight, signal)
      hits++
      return { ...answer, headers: labelled(answer.headers, 'ghmesh; fwd=uri-miss; collapsed', 0) }
    },
    clear() {
      kept.clear()
      flights = new Map()
      bytes = 0
    },
    get hits() {
      return hits
    }
  }
}

/** Rejects once the signal aborts. */
const end = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

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

/** An answer with errors in it, such as a rate limit's, is no answer for later. */
function isGood({ status, body }: GraphqlAnswer): boolean {
  if (status !== 200) return false
  try {
    const { data, errors } = JSON.parse(body.toString())
    return typeof data === 'object' && data !== null && errors === undefined
  } catch {
    return false
  }
}
