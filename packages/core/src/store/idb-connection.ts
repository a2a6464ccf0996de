import { createStore } from 'idb-keyval'
import { type AbortOptions, abortable } from '../abort.ts'
import { toMeshError } from '../errors.ts'
import { closedError } from './bounds.ts'

/**
 * IndexedDB can fall silent (another tab holds it, a browser's defect); until it answers again, calls wait for less. A member
 * gives up before the first of these, after `storeAnswerMs`.
 */
const silentAfterMs = { first: 30_000, next: 100 }

export interface IdbConnection {
  /** Resolves once the transaction is complete; all of it is undone when anything in it fails. */
  transaction<T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => Promise<T>): Promise<T>
  /** Runs `work` so that it settles whatever IndexedDB does; its signal aborts when nobody waits any more. */
  call<T>(work: (signal: AbortSignal) => Promise<T>, options?: AbortOptions): Promise<T>
  /** Refuses new calls, waits for `last` and for every transaction that is under way, then closes. */
  close(last: (signal: AbortSignal) => Promise<unknown>): Promise<void>
}

/** The object store `records` of database `name`, opened on the first transaction and again when it was closed by others. */
export function idbConnection(name: string): IdbConnection {
  let connect = createStore(name, 'records')
  let database: IDBDatabase | undefined
  const underWay = new Set<Promise<unknown>>()
  let waitMs = silentAfterMs.first
  let answers = 0
  let closing = false
  let closed = false

  async function attempt<T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => Promise<T>): Promise<T> {
    if (closed) throw closedError()
    return connect(mode, async (rows) => {
      const { transaction } = rows
      database = transaction.db
      database.onversionchange = () => database?.close() // somebody deletes the database: do not stand in the way
      if (closed) database.close() // takes effect when this transaction is over
      const complete = new Promise<unknown>((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      })
      const result = work(rows).catch((error) => {
        try {
          transaction.abort()
        } catch {} // it has ended already
        throw error
      })
      const [value] = await Promise.all([result, complete])
      answers++
      waitMs = silentAfterMs.first
      return value
    })
  }

  async function call<T>(work: (signal: AbortSignal) => Promise<T>, { signal }: AbortOptions = {}): Promise<T> {
    signal?.throwIfAborted()
    if (closing) throw closedError()
    const silence = new AbortController()
    const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    let timer: ReturnType<typeof setTimeout> | undefined
    const watch = (before?: number) => {
      const seen = answers
      if (before === seen) {
        waitMs = silentAfterMs.next
        silence.abort(new Error('it does not answer'))
        return
      }
      // In two steps, so that a page that was frozen or busy all the time is not taken for silence.
      timer = setTimeout(() => {
        timer = setTimeout(watch, waitMs / 2, seen)
      }, waitMs / 2)
    }
    watch()
    try {
      return await abortable(work(either), either)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw toMeshError('ERR_STORE', `IndexedDB ${name} cannot be used, give another store or free some space`, error)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    call,
    transaction(mode, work) {
      const result = attempt(mode, work).catch((error: Error | null) => {
        if (error?.name !== 'InvalidStateError') throw error
        connect = createStore(name, 'records') // the connection was closed behind our back
        return attempt(mode, work)
      })
      const ended = () => underWay.delete(result)
      result.then(ended, ended)
      underWay.add(result)
      return result
    },
    async close(last) {
      if (closing) return
      const ended = call(async (signal) => {
        await last(signal)
        // WebKit keeps a database for ever whose worker ends in the middle of a transaction (WebKit bug 324094).
        while (underWay.size > 0) await Promise.allSettled(underWay)
      })
      closing = true
      await ended.catch(() => {})
      closed = true
      database?.close()
    }
  }
}
