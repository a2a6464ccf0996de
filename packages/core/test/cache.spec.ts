import { expect } from 'chai'
import { createCache } from '../src/cache/cache.ts'
import { createPurge } from '../src/cache/purge.ts'
import { createPurges } from '../src/cache/purges.ts'
import { collect } from '../src/contract/contract.ts'
import type { Entry } from '../src/entry.ts'
import type { MeshError } from '../src/errors.ts'
import { defaultLimits } from '../src/limits.ts'
import { memoryStore } from '../src/store/memory.ts'
import type { Store } from '../src/store/store.ts'
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
    return createCache(store, { ...defaultLimits, ...limits }, () => now, {
      warning: (error) => warnings.push(error),
      evicted() {}
    })
  }
  const refusing = (): Store => {
    const refuse = async () => Promise.reject(new Error('read-only'))
    return { ...memoryStore(), get: refuse, put: refuse, touch: refuse }
  }

  it('clear leaves nothing, in memory or in the store, and what comes after it stays', async () => {
    for (const store of [memoryStore(), refusing()]) {
      const cache = make(store)
      for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
      await cache.putValue(key(9), {
        name: 'v',
        json: new Uint8Array(3),
        at: now,
        by: '',
        expiresAt: now,
        deleted: false
      })
      await cache.clear()
      for (let n = 0; n < 5; n++) expect(await cache.find(key(n))).to.equal(undefined)
      expect(await cache.value(key(9))).to.equal(undefined)
      expect(cache.size).to.deep.equal({ entries: 0, bytes: 0 })
      expect(await collect(store.list())).to.deep.equal([])
      await cache.add(key(1), await entry(1))
      expect((await cache.find(key(1)))?.entries).to.have.length(1)
    }
  })

  it('a purge ends where only memory is left', async () => {
    const cache = make(refusing())
    for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
    const purge = createPurge({ cache, purges: createPurges(new URL('https://api.github.com')), emit() {} })
    expect(await purge(['o/r'], now)).to.equal(5)
    expect(warnings).to.have.length(1)
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
