import { createStore } from 'idb-keyval'
import { type AbortOptions, abortable } from '../abort.ts'
import { toMeshError } from '../errors.ts'
import { closedError } from './bounds.ts'

/** IndexedDB can fall silent (another tab holds it, a browser's defect); until it answers again, calls wait for less. */
const silentAfterMs = { first: 5000, next: 100 }

/** The result of one request, inside of a transaction. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

export interface IdbConnection {
  /** Resolves once the transaction is complete; all of it is undone when anything in it fails. */
  transaction<T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => Promise<T>): Promise<T>
  /** Runs `work` so that it settles whatever IndexedDB does; its signal aborts when nobody waits any more. */
  call<T>(work: (signal: AbortSignal) => Promise<T>, options?: AbortOptions): Promise<T>
  /** Refuses new calls, waits for `last`, then closes. */
  close(last: (signal: AbortSignal) => Promise<unknown>): Promise<void>
}

/** The object store `records` of database `name`, opened on the first transaction and again when it was closed by others. */
export function idbConnection(name: string): IdbConnection {
  let connect = createStore(name, 'records')
  let database: IDBDatabase | undefined
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
      const complete = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve()
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
      if (before !== answers) timer = setTimeout(watch, waitMs, answers)
      else {
        waitMs = silentAfterMs.next
        silence.abort(new Error('it does not answer'))
      }
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
    async transaction(mode, work) {
      try {
        return await attempt(mode, work)
      } catch (error) {
        if ((error as Error | null)?.name !== 'InvalidStateError') throw error
        connect = createStore(name, 'records') // the connection was closed behind our back
        return attempt(mode, work)
      }
    },
    async close(last) {
      if (closing) return
      const ended = call(last)
      closing = true
      await ended.catch(() => {})
      closed = true
      database?.close()
    }
  }
}
