import type { Store, StoreBounds, StoreMeta, StoreRecord } from '../store/store.ts'
import {
  type Awaitable,
  assert,
  assertBytes,
  assertCode,
  assertEqual,
  type ContractTest,
  collect,
  rejection
} from './contract.ts'

/** What the suite needs; each optional function is an ability, and without it its tests are left out. */
export interface StoreContractSetup {
  /** A new and empty store that shares nothing with the others; the suite closes it. */
  create(bounds?: StoreBounds): Awaitable<Store>
  /** The data outlives `close`: a new store over the data of this one, which is closed. */
  reopen?(closed: Store): Awaitable<Store>
  /** Several can use the same data at once, as processes or tabs do: another store over the data of this one. */
  second?(open: Store): Awaitable<Store>
  /** Changes the stored bytes of a record behind the store's back. */
  damage?(store: Store, key: string): Awaitable<void>
}

const meta: StoreMeta = {
  version: 1,
  url: 'https://api.github.com/repos/ünï/cødé',
  seen: [1, null, true, { a: '🦊\n"' }]
}
const bytes = (length: number, seed = 7) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255)
const record = (length = 3, seed?: number): StoreRecord => ({ meta, body: bytes(length, seed) })
const strangeKeys = [
  ...[
    'GET https://api.github.com/?q=%2F&a=b#c',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    'C:\\x',
    '.',
    ' ',
    'a'
  ],
  ...['A', 'é', 'e\u0301', '🦊', '日本', "'; DROP TABLE records; --", '%', '_', 'a\nb', 'a\0b', 'm:a', 'x'.repeat(2000)]
]

async function has(store: Store, key: string, expected: StoreRecord): Promise<void> {
  const found = await store.get(key)
  assert(found, `${key}: expected a record, got undefined`)
  assertEqual(found.meta, expected.meta, `meta of ${key}`)
  assertBytes(found.body, expected.body, `body of ${key}`)
}

async function lacks(store: Store, ...keys: string[]): Promise<void> {
  for (const key of keys) assert((await store.get(key)) === undefined, `${key}: expected undefined, got a record`)
}

const listed = async (store: Store) => (await collect(store.list())).map(({ key }) => key).sort()

/**
 * The acceptance suite of stores, for any test runner:
 * `for (const { name, run } of storeContract({ create: memoryStore })) it(name, run)`
 */
export function storeContract(setup: StoreContractSetup): ContractTest[] {
  const { reopen, second, damage } = setup
  const tests: ContractTest[] = []
  const test = (name: string, run: (store: Store) => Promise<void>, bounds?: StoreBounds) =>
    tests.push({
      name,
      async run() {
        const store = await setup.create(bounds)
        try {
          await run(store)
        } finally {
          await store.close()
        }
      }
    })

  test('gives back bytes and meta as they were put', async (store) => {
    const all: [string, StoreRecord][] = [0, 1, 5000, 1024 * 1024].map((n) => [`body of ${n}`, record(n)])
    for (const [key, value] of all) await store.put(key, value)
    for (const [key, value] of all) await has(store, key, value)
  })

  test('keeps every key apart, however strange', async (store) => {
    for (const [i, key] of strangeKeys.entries()) await store.put(key, record(4, i))
    for (const [i, key] of strangeKeys.entries()) await has(store, key, record(4, i))
    assertEqual(await listed(store), [...strangeKeys].sort(), 'listed keys')
  })

  test('keeps a view of a larger buffer as its own bytes only', async (store) => {
    const body = bytes(100).subarray(10, 20)
    await store.put('view', { meta, body })
    await has(store, 'view', { meta, body })
    const found = await store.get('view')
    assert(found && found.body.buffer.byteLength < 100, 'the bytes around the view were stored as well')
  })

  test('gives undefined for what is absent', (store) => lacks(store, 'absent', 'toString'))

  test('clear, where there is one, removes every record, and what is put after it stays', async (store) => {
    if (!store.clear) return
    await store.clear()
    for (let n = 0; n < 600; n++) await store.put(`${n}`, record(1))
    await store.clear()
    assertEqual(await listed(store), [], 'listed keys')
    await lacks(store, '0', '599')
    await store.put('a', record(3))
    await has(store, 'a', record(3))
    assertEqual(await listed(store), ['a'], 'listed keys')
  })

  test(
    'a large body makes room for itself, and a later call for its key still wins',
    async (store) => {
      for (let n = 0; n < 1000; n++) await store.put(`${n}`, record(200))
      const body = bytes(180_000)
      const putting = store.put('a', { meta, body })
      const putAgain = store.put('a', record(5))
      const deleted = store.put('b', { meta, body: bytes(150_000) })
      const deleting = store.delete('b')
      body.fill(0)
      await Promise.all([putting, putAgain, deleted, deleting])
      await has(store, 'a', record(5))
      await lacks(store, 'b')
      const later = { version: 2 }
      await Promise.all([store.put('c', { meta, body: bytes(199_000) }), store.touch('c', later)])
      await has(store, 'c', { meta: later, body: bytes(199_000) })
      const left = await collect(store.list())
      assert(left.reduce((sum, { byteLength }) => sum + byteLength, 0) <= 200_000, 'the bound holds no more')
    },
    { maxBytes: 200_000 }
  )

  test('replaces a record whole', async (store) => {
    await store.put('a', record(9))
    await store.put('a', { meta: { version: 1 }, body: bytes(2) })
    await has(store, 'a', { meta: { version: 1 }, body: bytes(2) })
    assertEqual(await listed(store), ['a'], 'listed keys')
  })

  test('shares no memory with its callers', async (store) => {
    const body = bytes(64)
    Object.defineProperty(body, 'slice', { value: () => body }) // a Buffer's slice copies nothing
    const put = store.put('a', { meta, body })
    body.fill(0)
    await put
    await has(store, 'a', record(64))
    const found = await store.get('a')
    found?.body.fill(1)
    await has(store, 'a', record(64))
  })

  test('touch replaces the meta and leaves the body', async (store) => {
    await store.put('a', record(2000))
    await store.touch('a', { version: 1, fresh: true })
    await has(store, 'a', { meta: { version: 1, fresh: true }, body: bytes(2000) })
  })

  test('touch leaves an absent key absent', async (store) => {
    await store.touch('a', meta)
    await lacks(store, 'a')
    assertEqual(await listed(store), [], 'listed keys')
  })

  test('delete removes a record, and an absent one is no error', async (store) => {
    await store.put('a', record())
    await store.put('b', record())
    await store.delete('a')
    await store.delete('a')
    await lacks(store, 'a')
    await has(store, 'b', record())
    assertEqual(await listed(store), ['b'], 'listed keys')
  })

  test('lists every record once, with its size and meta and without its body', async (store) => {
    const keys = Array.from({ length: 600 }, (_, i) => `key ${i}`)
    await Promise.all(keys.map((key, i) => store.put(key, { meta: { version: 1, i }, body: bytes(i % 50) })))
    const items = await collect(store.list())
    assertEqual(items.map(({ key }) => key).sort(), keys.sort(), 'listed keys')
    for (const item of items) {
      assertEqual(item.byteLength, Number(item.meta.i) % 50, `byteLength of ${item.key}`)
      assert(!('body' in item), 'list must not carry bodies')
    }
  })

  test('lists while others write', async (store) => {
    await Promise.all(Array.from({ length: 300 }, (_, i) => store.put(`kept ${i}`, record())))
    const seen: string[] = []
    for await (const { key } of store.list()) {
      seen.push(key)
      if (seen.length % 4 === 0 && seen.length < 300) await store.put(`new ${seen.length}`, record())
      if (seen.length % 4 === 2) await store.put(key, record(5))
    }
    assertEqual(new Set(seen).size, seen.length, 'number of listed keys, each once')
    for (let i = 0; i < 300; i++) assert(seen.includes(`kept ${i}`), `kept ${i} was not listed`)
  })

  const few = { maxEntries: 4 }
  test(
    'tells what it holds and what it has evicted, where it tells anything',
    async (store) => {
      for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) await store.put(key, record(10 * i))
      if (!store.figures) return
      await store.put('b', record(5))
      assertEqual({ ...store.figures }, { entries: 4, bytes: 55, evicted: 0 }, 'figures of what fits')
      for (let i = 0; i < 6; i++) await store.put(`more ${i}`, record(7))
      const { entries, bytes, evicted } = store.figures
      const left = await collect(store.list())
      assertEqual(entries, left.length, 'entries')
      assertEqual(
        bytes,
        left.reduce((sum, { byteLength }) => sum + byteLength, 0),
        'bytes'
      )
      assertEqual(evicted, 10 - left.length, 'evicted')
      await store.delete('more 5')
      assertEqual(store.figures.entries, left.length - 1, 'entries after a delete')
      assertEqual(store.figures.evicted, evicted, 'evicted after a delete')
      await store.clear?.()
      if (store.clear) assertEqual({ ...store.figures }, { entries: 0, bytes: 0, evicted }, 'figures after clear')
    },
    few
  )

  test(
    'keeps to maxEntries: what was not used for longest goes first',
    async (store) => {
      for (const key of ['a', 'b', 'c', 'd']) await store.put(key, record())
      await has(store, 'a', record())
      await store.put('e', record())
      await lacks(store, 'b')
      for (const key of ['a', 'c', 'd', 'e']) await has(store, key, record())
      for (let i = 0; i < 50; i++) await store.put(`more ${i}`, record())
      const left = await listed(store)
      assert(left.length <= 4 && left.includes('more 49'), `expected at most 4 records with the newest, got ${left}`)
    },
    few
  )

  test(
    'keeps to maxBytes: what was not used for longest goes first',
    async (store) => {
      for (const key of ['a', 'b', 'c', 'd']) await store.put(key, record(250))
      await has(store, 'a', record(250))
      await store.put('e', record(250))
      await lacks(store, 'b')
      for (const key of ['a', 'c', 'd', 'e']) await has(store, key, record(250))
      await store.put('a', record(600)) // a replaced record counts once
      await has(store, 'a', record(600))
      const sum = (await collect(store.list())).reduce((n, { byteLength }) => n + byteLength, 0)
      assert(sum <= 1000, `expected at most 1000 bytes, got ${sum}`)
    },
    { maxBytes: 1000 }
  )

  test(
    'fills up to exactly maxBytes',
    async (store) => {
      await store.put('a', record(400))
      await store.put('b', record(600))
      await has(store, 'a', record(400))
      await store.put('c', record(1000))
      assertEqual(await listed(store), ['c'], 'listed keys')
      await store.delete('c')
      await store.put('d', record(1000))
      await has(store, 'd', record(1000))
    },
    { maxBytes: 1000 }
  )

  test(
    'does not keep a body larger than maxBytes, nor what it would have replaced, and evicts nothing',
    async (store) => {
      await store.put('a', record(10))
      await store.put('b', record(10))
      await store.put('b', record(1001))
      await store.put('c', record(1001))
      await lacks(store, 'b', 'c')
      await has(store, 'a', record(10))
    },
    { maxBytes: 1000 }
  )

  test('serves a hundred calls at once', async (store) => {
    const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`)
    await Promise.all(keys.map((key, i) => store.put(key, record(1000, i))))
    await Promise.all(keys.map((key, i) => has(store, key, record(1000, i))))
    await Promise.all(keys.map((key, i) => (i % 2 ? store.delete(key) : store.touch(key, { version: 1, i }))))
    assertEqual(await listed(store), keys.filter((_, i) => i % 2 === 0).sort(), 'listed keys')
  })

  test('keeps the last of overlapping puts of one key', async (store) => {
    await Promise.all([200_000, 10, 100_000, 0, 5].map((n) => store.put('a', record(n))))
    await has(store, 'a', record(5))
  })

  test('rejects with the reason of an aborted signal, and goes on', async (store) => {
    await store.put('a', record())
    const reason = new Error('given up')
    const signal = AbortSignal.abort(reason)
    const calls: [string, Promise<unknown>][] = [
      ['get', store.get('a', { signal })],
      ['put', store.put('b', record(), { signal })],
      ['touch', store.touch('a', { version: 2 }, { signal })],
      ['delete', store.delete('a', { signal })],
      ['list', collect(store.list({ signal }))]
    ]
    for (const [name, call] of calls) assert((await rejection(call, name)) === reason, `${name}: expected the reason`)
    await has(store, 'a', record())
    await lacks(store, 'b')
  })

  test('close may be called twice, and later calls reject with ERR_STORE', async (store) => {
    await store.put('a', record())
    await store.close()
    await store.close()
    await assertCode(store.get('a'), 'ERR_STORE', 'get')
    await assertCode(store.put('a', record()), 'ERR_STORE', 'put')
    await assertCode(store.touch('a', meta), 'ERR_STORE', 'touch')
    await assertCode(store.delete('a'), 'ERR_STORE', 'delete')
    await assertCode(collect(store.list()), 'ERR_STORE', 'list')
  })

  if (reopen)
    test('keeps everything over close and reopen', async (store) => {
      await store.put('a', record(5000))
      await store.put('b', record())
      await store.put('empty', record(0))
      await store.touch('b', { version: 1 })
      await store.delete('a')
      await store.close()
      const again = await reopen(store)
      try {
        await lacks(again, 'a')
        await has(again, 'b', { meta: { version: 1 }, body: bytes(3) })
        await has(again, 'empty', record(0))
        assertEqual(await listed(again), ['b', 'empty'], 'listed keys')
      } finally {
        await again.close()
      }
    })

  if (reopen)
    test(
      'remembers over close and reopen what was used',
      async (store) => {
        for (const key of ['a', 'b', 'c', 'd']) await store.put(key, record())
        await has(store, 'a', record())
        await store.close()
        const again = await reopen(store)
        try {
          for (let i = 0; i < 3; i++) await again.put(`new ${i}`, record())
          await lacks(again, 'b')
          await has(again, 'a', record())
          assert((await listed(again)).length <= 4, 'the bounds must hold over what was there before')
        } finally {
          await again.close()
        }
      },
      few
    )

  if (second)
    test(
      'shows another store over the same data what is put, and shares the bounds',
      async (store) => {
        const other = await second(store)
        try {
          await Promise.all(
            Array.from({ length: 40 }, (_, i) => (i % 2 ? store : other).put(`key ${i}`, record(10, i)))
          )
          await store.put('a', record(100))
          await has(other, 'a', record(100))
          await other.touch('a', { version: 1 })
          await has(store, 'a', { meta: { version: 1 }, body: bytes(100) })
          const left = await listed(other)
          assert(left.length <= 20, `expected at most 20 records, got ${left.length}`)
          await other.delete('a')
          await lacks(store, 'a')
        } finally {
          await other.close()
        }
        await store.put('after', record())
        await has(store, 'after', record())
      },
      { maxEntries: 20 }
    )

  if (damage)
    test('takes a damaged record for absent, and keeps the others', async (store) => {
      for (const key of ['a', 'b', 'c']) await store.put(key, record(3000))
      await damage(store, 'b')
      await lacks(store, 'b')
      await has(store, 'a', record(3000))
      await store.put('b', record(10))
      await has(store, 'b', record(10))
      assertEqual(await listed(store), ['a', 'b', 'c'], 'listed keys')
    })

  return tests
}
