import { expect } from 'chai'
import { createCache } from '../src/cache/cache.ts'
import { marksKey } from '../src/cache/marks.ts'
import { createPurge } from '../src/cache/purge.ts'
import { createPurges } from '../src/cache/purges.ts'
import { collect } from '../src/contract/contract.ts'
import type { Entry } from '../src/entry.ts'
import type { MeshError } from '../src/errors.ts'
import { createApi } from '../src/github/api.ts'
import { defaultLimits } from '../src/limits.ts'
import { memoryStore } from '../src/store/memory.ts'
import type { Store, StoreRecord } from '../src/store/store.ts'
import { entryOf } from './fixtures/entries.ts'

const now = Date.UTC(2026, 3, 1)
const never = () => new Promise<never>(() => {})
const key = (n: number) => String(n).padStart(64, '0')

const entry = (n: number, text = `[${n}]`, over: Partial<Entry> = {}): Promise<Entry> =>
  entryOf(text, {
    url: `https://api.github.com/repos/o/r/issues/${n}`,
    asOf: now - 1000,
    confirmed: { you: now - 1000 },
    ...over
  })

describe('cache', () => {
  let warnings: MeshError[]
  const make = (store: Store, limits = {}) => {
    warnings = []
    const purges = createPurges(createApi(new URL('https://api.github.com')))
    const cache = createCache(store, { ...defaultLimits, ...limits }, () => now, purges, {
      warning: (error) => warnings.push(error),
      read() {}
    })
    const purge = createPurge({ cache, purges, emit() {}, tellTabs() {} })
    return Object.assign(cache, { purges, purge })
  }
  const refusing = (): Store => {
    const refuse = async () => Promise.reject(new Error('read-only'))
    return { ...memoryStore(), get: refuse, put: refuse, touch: refuse }
  }

  it('clear leaves nothing, in memory or in the store, and what comes after it stays', async () => {
    for (const store of [memoryStore(), refusing()]) {
      const cache = make(store)
      for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
      await cache.changeValue(key(9), () => ({
        name: 'v',
        json: new Uint8Array(3),
        at: now,
        by: '',
        expiresAt: now,
        deleted: false
      }))
      await cache.clear()
      for (let n = 0; n < 5; n++) expect(await cache.find(key(n))).to.equal(undefined)
      expect(await cache.value(key(9))).to.equal(undefined)
      expect(cache.figures).to.deep.equal({ entries: 0, bytes: 0, evicted: 0 })
      expect(await collect(store.list())).to.deep.equal([])
      await cache.add(key(1), await entry(1))
      expect((await cache.find(key(1)))?.entries).to.have.length(1)
    }
  })

  it('knows what is below a repository or a path, also where only memory is left', async () => {
    for (const store of [memoryStore(), refusing()]) {
      const cache = make(store)
      for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
      await cache.add(key(5), await entry(5, '[5]', { url: 'https://api.github.com/users/o' }))
      await cache.add(key(6), await entry(1, '[6]', { url: 'https://api.github.com/repos/O/R/issues/1?page=2' }))
      const below = async (...targets: string[]) => [...(await cache.below(targets))].sort()
      expect(await below('o/r')).to.deep.equal([0, 1, 2, 3, 4, 6].map(key))
      expect(await below('/repos/o/r/issues/1', '/users/o', 'o/r2')).to.deep.equal([1, 5, 6].map(key))
      expect(await below('o/r', '/repos/o/r/issues/1')).to.have.length(6)
      await cache.delete(key(1))
      expect(await below('/repos/o/r/issues/1')).to.deep.equal([key(6)])
      await cache.clear()
      expect(await below('o/r', '/users/o')).to.deep.equal([])
    }
  })

  it('knows after a start what the store holds from before, and forgets what that lets go', async () => {
    const store = memoryStore()
    const before = make(store)
    for (let n = 0; n < 300; n++) await before.add(key(n), await entry(n))
    expect((await make(store).below(['o/r'])).size).to.equal(300)
    const small = make(store, { storeEntries: 10 })
    expect((await small.below(['o/r'])).size).to.equal(10)
  })

  it('a purge, own or heard, goes through no store', async () => {
    let lists = 0
    const inner = memoryStore()
    const list: Store['list'] = (options) => {
      lists++
      return inner.list(options)
    }
    const cache = make({ ...inner, list })
    for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
    await cache.purge(['o/r', 'https://api.github.com/repos/o/r/issues/1'], now)
    await cache.purge(['o/r'], now + 1, 'peer')
    expect(lists).to.equal(0)
    expect(cache.purges.at('https://api.github.com/repos/o/r/issues/3')).to.equal(now + 1)
  })

  it('what one process purges, another finds stale when it reads it, and so does the next start', async () => {
    const store = memoryStore()
    const writer = make(store)
    const purger = make(store)
    await writer.add(key(1), await entry(1)) // the purger has never seen it
    await writer.add(key(2), await entry(2, '[2]', { url: 'https://api.github.com/repos/o/other/issues/2' }))
    await purger.purge(['o/r'], now)
    const next = make(store)
    for (const n of [1, 2]) await next.find(key(n))
    expect(next.purges.at('https://api.github.com/repos/o/r/issues/1')).to.equal(now)
    expect(next.purges.at('https://api.github.com/repos/o/other/issues/2')).to.equal(0)
  })

  it('of purges at the same moment that share a record, none is lost', async () => {
    const store = memoryStore()
    const cache = make(store)
    const names = ['o/r', ...Array.from({ length: 20_000 }, (_, n) => `o/other${n}`)]
    const sharing = names
      .filter((name) => marksKey(cache.purges.base, name) === marksKey(cache.purges.base, 'o/r'))
      .slice(0, 5)
    expect(sharing).to.have.length(5)
    await Promise.all(sharing.map((name, i) => cache.purge([name], now - i)))
    const next = make(store)
    for (const [i, name] of sharing.entries()) {
      const url = `https://api.github.com/repos/${name}/issues/1`
      await cache.add(key(i), await entry(i, `[${i}]`, { url }))
      await next.find(key(i))
      expect(next.purges.at(url), name).to.equal(now - i)
    }
  })

  it('an older purge takes no newer one’s place, and one from a wrong clock counts as none', async () => {
    const store = memoryStore()
    await make(store).add(key(1), await entry(1))
    await make(store).purge(['o/r'], now - 1)
    await make(store).purge(['o/r'], now - 2, 'peer')
    const found = make(store)
    await found.find(key(1))
    expect(found.purges.at('https://api.github.com/repos/o/r')).to.equal(now - 1)
    await make(store).purge(['o/r'], now + 86_400_000)
    const later = make(store)
    await later.find(key(1))
    expect(later.purges.at('https://api.github.com/repos/o/r')).to.equal(0)
    await make(store).purge(['o/r'], now)
    const last = make(store)
    await last.find(key(1))
    expect(last.purges.at('https://api.github.com/repos/o/r')).to.equal(now)
  })

  it('a purge from before a start counts, though the clock is minutes slow then', async () => {
    const store = memoryStore()
    await make(store).add(key(1), await entry(1))
    await make(store).purge(['o/r'], now + 180_000)
    const slow = make(store)
    await slow.find(key(1))
    expect(slow.purges.at('https://api.github.com/repos/o/r')).to.equal(now + 180_000)
  })

  it('an entry does not grow with every token that ever asked, in memory or in the store', async () => {
    const store = memoryStore()
    const cache = make(store, { viewersPerBody: 10 })
    await cache.add(key(1), await entry(1))
    for (let n = 0; n < 100; n++)
      await cache.touch(key(1), (held) => ({
        ...held,
        confirmed: { ...held.confirmed, [`viewer${n}`]: now - 100 + n }
      }))
    for (const one of [cache, make(store)]) {
      const confirmed = (await one.find(key(1)))?.entries[0]?.confirmed ?? {}
      expect(Object.keys(confirmed)).to.have.length(10)
      expect(confirmed.viewer99).to.equal(now - 1)
    }
  })

  it('leaves room for other work while it goes through many rows', async () => {
    const store = memoryStore()
    const cache = make(store)
    for (let n = 0; n < 1000; n++) await cache.add(key(n), await entry(n))
    let seen = 0
    let seenAtTurn: number | undefined
    setTimeout(() => {
      seenAtTurn = seen
    })
    for await (const _ of make(store).summaries()) seen++
    expect(seen).to.equal(1000)
    expect(seenAtTurn).to.be.below(1000)
  })

  it('of two that add at the same moment, none is lost and the newest body stays', async () => {
    const store = memoryStore()
    const cache = make(store)
    const older = await entry(1, '["older"]', { asOf: now - 5000 })
    const newer = await entry(1, '["newer"]')
    await Promise.all([cache.add(key(1), newer), cache.add(key(1), older)])
    expect(cache.held(key(1))?.entries.map(({ hash }) => hash)).to.deep.equal([newer.hash])
    const variants = await Promise.all([1, 2, 3].map((n) => entry(n, `{"role_name":"${n}"}`, { variant: true })))
    await Promise.all(variants.map((one) => cache.add(key(2), one)))
    expect(cache.held(key(2))?.entries).to.have.length(3)
    expect((await make(store).find(key(2)))?.entries).to.have.length(3)
  })

  it('a store that never answers is given up after a while, with one warning', async () => {
    const silent = { ...memoryStore(), get: never, put: never, touch: never, delete: never, close: never }
    const cache = make(silent, { storeAnswerMs: 5, stopMs: 5 })
    expect(await cache.find(key(1))).to.equal(undefined)
    await cache.add(key(1), await entry(1))
    expect((await cache.find(key(1)))?.entries).to.have.length(1)
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ERR_STORE'])
    await cache.close()
  })

  it('a store whose list never ends its wait stops nobody', async () => {
    const silent = make(
      { ...memoryStore(), list: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) },
      { storeAnswerMs: 5 }
    )
    await silent.add(key(1), await entry(1))
    for await (const _ of silent.summaries()) expect.fail('nothing can come')
    expect(warnings).to.have.length(1)
  })

  it('a store that throws at once, where it should reject, stops nobody', async () => {
    const fail = () => {
      throw new Error('gone')
    }
    const cache = make({ ...memoryStore(), list: fail, close: fail })
    await cache.add(key(1), await entry(1))
    for await (const _ of cache.summaries()) expect.fail('nothing can come')
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ERR_STORE'])
    await cache.close()
  })

  it('a record without anything beside its bytes hides none of the others', async () => {
    const store = memoryStore()
    await make(store).add(key(1), await entry(1))
    async function* list() {
      yield { key: 'x', byteLength: 1, meta: undefined as never }
      yield* store.list()
    }
    expect(await collect(make({ ...store, list }).summaries())).to.have.length(1)
    expect([...(await make({ ...store, list }).below(['o/r']))]).to.deep.equal([key(1)])
  })

  it('a store is called as its own methods are', async () => {
    class Own {
      readonly #of = memoryStore()
      get = async (name: string) => this.#of.get(name)
      put = async (name: string, record: StoreRecord) => this.#of.put(name, record)
      async touch(name: string, meta: StoreRecord['meta']) {
        await this.#of.touch(name, meta)
      }
      async delete(name: string) {
        await this.#of.delete(name)
      }
      async clear() {
        await this.#of.clear?.()
      }
      async *list() {
        yield* this.#of.list()
      }
      async close() {
        await this.#of.close()
      }
    }
    const own = new Own()
    const cache = make(own)
    await cache.add(key(1), await entry(1))
    await cache.touch(key(1), (held) => ({ ...held, public: false }))
    expect(await collect(cache.summaries())).to.have.length(1)
    await cache.clear()
    expect(await collect(own.list())).to.deep.equal([])
    await cache.close()
    expect(await own.get(key(1)).catch(({ code }) => code)).to.equal('ERR_STORE')
    expect(warnings).to.deep.equal([])
  })

  it('what a store makes up is a miss', async () => {
    for (const record of [
      {},
      { meta: {}, body: undefined },
      { meta: { version: 1, kind: 'value' }, body: 'text' },
      'x'
    ]) {
      const cache = make({ ...memoryStore(), get: async () => record as never })
      expect(await cache.find(key(1))).to.equal(undefined)
      expect(await cache.value(key(1))).to.equal(undefined)
    }
  })

  it('an entry from a time when the clock ran ahead is a miss, and stands in no newer one’s way', async () => {
    const store = memoryStore()
    const ahead = await entry(1, '["ahead"]', { asOf: now + 86_400_000, confirmed: { you: now + 86_400_000 } })
    const cache = make(store)
    await cache.add(key(1), ahead)
    const next = await entry(1)
    expect((await cache.add(key(1), next)).entries).to.deep.equal([next])
    await make(store).add(key(2), ahead)
    expect(await make(store).find(key(2))).to.equal(undefined)
  })
})
