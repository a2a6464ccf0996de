import { expect } from 'chai'
import { collect } from '../src/contract/contract.ts'
import { storeContract } from '../src/contract/index.ts'
import { indexedDbStore } from '../src/store/indexeddb.ts'
import type { Store, StoreBounds, StoreRecord } from '../src/store/store.ts'

const record = (length = 100): StoreRecord => ({ meta: { version: 1 }, body: new Uint8Array(length).fill(7) })
const done = (request: IDBRequest | IDBTransaction) =>
  new Promise<void>((resolve, reject) => {
    request.addEventListener('IDBRequest' in globalThis && request instanceof IDBRequest ? 'success' : 'complete', () =>
      resolve()
    )
    request.addEventListener('error', () => reject(request.error))
  })

describe('indexedDbStore', () => {
  let made = 0
  const options = new Map<Store, StoreBounds & { name: string }>()
  const open = (given: StoreBounds & { name?: string } = {}) => {
    const all = { name: `ghmesh-test-${made++}`, ...given }
    const store = indexedDbStore(all)
    options.set(store, all)
    return store
  }
  const nameOf = (store: Store) => options.get(store)?.name ?? ''
  after(async () => {
    for (const { name } of options.values()) {
      const deleting = indexedDB.deleteDatabase(name)
      deleting.onblocked = () => console.error('left open', name)
      await done(deleting)
    }
  })

  /** Changes the rows behind the store's back. */
  async function edit(store: Store, work: (rows: IDBObjectStore) => void) {
    const opening = indexedDB.open(nameOf(store))
    await done(opening)
    const transaction = opening.result.transaction('records', 'readwrite')
    work(transaction.objectStore('records'))
    await done(transaction)
    opening.result.close()
  }

  const contract = storeContract({
    create: open,
    reopen: (store) => open(options.get(store)),
    second: (store) => open(options.get(store)),
    damage: (store, key) => edit(store, (rows) => rows.put(new Uint8Array(3000), `b:${key}`))
  })
  for (const { name, run } of contract) it(name, run)

  it('takes half a record and rubbish for absent, and removes it', async () => {
    const store = open()
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await store.put(key, record())
    await edit(store, (rows) => {
      rows.delete('b:a')
      rows.delete('m:b')
      rows.put('rubbish', 'm:c')
      rows.put({ v: 2, meta: 'of a later layout' }, 'm:d')
      rows.put('rubbish', 'b:e')
    })
    expect(await collect(store.list())).to.have.length(3)
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(await store.get(key), key).to.equal(undefined)
    expect(await store.get('f')).to.deep.equal(record())
    expect((await collect(store.list())).map(({ key }) => key)).to.deep.equal(['f'])
    await store.close()
  })

  it('begins anew when its totals are gone', async () => {
    const store = open()
    await store.put('a', record())
    await edit(store, (rows) => rows.delete('totals'))
    await store.put('b', record())
    expect((await collect(store.list())).map(({ key }) => key)).to.deep.equal(['b'])
    await store.close()
  })

  it('survives that its database is deleted while it is open', async () => {
    const store = open()
    await store.put('a', record())
    await done(indexedDB.deleteDatabase(nameOf(store)))
    expect(await store.get('a')).to.equal(undefined)
    await store.put('b', record())
    expect(await store.get('b')).to.deep.equal(record())
    await store.close()
  })

  it('leaves a database that holds something else alone', async () => {
    const name = 'ghmesh-test-foreign'
    const opening = indexedDB.open(name)
    opening.onupgradeneeded = () => opening.result.createObjectStore('theirs')
    await done(opening)
    const store = indexedDbStore({ name })
    const error = await store.get('a').catch((error: unknown) => error)
    expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
    expect([...opening.result.objectStoreNames]).to.deep.equal(['theirs'])
    await store.close()
    opening.result.close()
  })

  /** Puts something else in the place of a browser's property for the time of `work`. */
  async function instead(target: object, property: string, value: unknown, work: () => Promise<void>) {
    const original = Object.getOwnPropertyDescriptor(target, property)
    Object.defineProperty(target, property, { value, configurable: true, writable: true })
    try {
      await work()
    } finally {
      if (original) Object.defineProperty(target, property, original)
    }
  }

  for (const [what, value] of Object.entries({
    'is missing': undefined,
    'may not be used': {
      open: () => {
        throw new DOMException('denied', 'SecurityError')
      }
    }
  }))
    it(`rejects every call where IndexedDB ${what}, and works once it is there`, async () => {
      const store = open()
      await instead(globalThis, 'indexedDB', value, async () => {
        const calls = [
          store.get('a'),
          store.put('a', record()),
          store.touch('a', { version: 1 }),
          store.delete('a'),
          collect(store.list())
        ]
        for (const call of await Promise.allSettled(calls)) {
          const error = call.status === 'rejected' ? call.reason : undefined
          expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
          expect(error.cause).to.be.instanceOf(Error)
        }
      })
      await store.put('a', record())
      expect(await store.get('a')).to.deep.equal(record())
      await store.close()
    })

  const full = (when: (key: string) => boolean) => {
    const { put } = IDBObjectStore.prototype
    return function (this: IDBObjectStore, value: unknown, key: string) {
      if (when(String(key))) throw new DOMException('no space', 'QuotaExceededError')
      return put.call(this, value, key)
    }
  }

  it('rejects when the quota is used up for good, and keeps working', async () => {
    const store = open()
    await store.put('a', record())
    await instead(
      IDBObjectStore.prototype,
      'put',
      full((key) => key.startsWith('b:')),
      async () => {
        const error = await store.put('b', record()).catch((error: unknown) => error)
        expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
        expect(error).to.have.nested.property('cause.name', 'QuotaExceededError')
      }
    )
    expect(await store.get('b')).to.equal(undefined)
    await store.put('b', record())
    expect(await store.get('b')).to.deep.equal(record())
    await store.close()
  })

  it('evicts half when the browser grants less than the bounds', async () => {
    const store = open()
    for (let i = 0; i < 10; i++) await store.put(`key ${i}`, record())
    let refused = 0
    await instead(
      IDBObjectStore.prototype,
      'put',
      full((key) => key === 'b:new' && refused++ === 0),
      () => store.put('new', record())
    )
    const left = (await collect(store.list())).map(({ key }) => key)
    expect(left).to.have.members(['key 5', 'key 6', 'key 7', 'key 8', 'key 9', 'new'])
    await store.close()
  })

  it('undoes a write that breaks off half way', async () => {
    const store = open({ maxEntries: 2 })
    await store.put('a', record())
    await store.put('b', record())
    const broken = full((key) => key === 'b:c')
    await instead(IDBObjectStore.prototype, 'put', broken, () => store.put('c', record()).catch(() => {}))
    await store.put('d', record(10))
    expect((await collect(store.list())).map(({ key }) => key).sort()).to.deep.equal(['b', 'd'])
    await store.close()
  })

  it('is closed when its last transaction has ended, so that a worker may end then', async () => {
    const store = open()
    await store.put('a', record())
    const { transaction } = IDBDatabase.prototype
    const running = new Set<IDBTransaction>()
    let begun = 0
    function watched(this: IDBDatabase, ...args: Parameters<typeof transaction>) {
      const made = transaction.apply(this, args)
      running.add(made)
      begun++
      for (const end of ['complete', 'abort']) made.addEventListener(end, () => running.delete(made))
      return made
    }
    await instead(IDBDatabase.prototype, 'transaction', watched, async () => {
      const controller = new AbortController()
      const calls = [store.get('a'), store.get('a', { signal: controller.signal }), collect(store.list())]
      const settled = Promise.allSettled(calls)
      controller.abort() // whether or not anybody waits for it
      await store.close()
      expect(running.size).to.equal(0)
      expect(begun).to.equal(3)
      await settled
    })
  })

  it('does not take a page that was frozen for a silence of IndexedDB', async () => {
    const store = open()
    const { setTimeout } = globalThis
    let due = 1
    // What a page meets that is thawed: the timer's time was over long ago.
    const once = (callback: () => void, ms: number, ...args: []) => setTimeout(callback, due-- > 0 ? 0 : ms, ...args)
    await instead(globalThis, 'setTimeout', once, () => store.put('a', record(1_000_000)))
    expect(due).to.be.lessThan(0)
    await store.close()
  })

  it('settles every call when IndexedDB never answers', async () => {
    const store = open()
    const silent = { open: () => new EventTarget() }
    const { setTimeout } = globalThis
    const atOnce = (callback: () => void, _: number, ...args: []) => setTimeout(callback, 0, ...args)
    await instead(globalThis, 'indexedDB', silent, async () => {
      await instead(globalThis, 'setTimeout', atOnce, async () => {
        const calls = [store.get('a'), store.put('a', record()), store.delete('a'), collect(store.list())]
        for (const call of await Promise.allSettled(calls))
          expect(call).to.have.nested.property('reason.code', 'ERR_STORE')
      })
      const reason = new Error('given up')
      const controller = new AbortController()
      const call = store.get('b', { signal: controller.signal })
      controller.abort(reason)
      expect(await call.catch((error: unknown) => error)).to.equal(reason)
    })
    await store.close()
  })
})
