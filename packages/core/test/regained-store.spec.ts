import { expect } from 'chai'
import { createCache } from '../src/cache/cache.ts'
import { readMarks } from '../src/cache/marks.ts'
import { createPurge } from '../src/cache/purge.ts'
import { createPurges } from '../src/cache/purges.ts'
import { collect } from '../src/contract/contract.ts'
import type { Entry } from '../src/entry.ts'
import { createApi } from '../src/github/api.ts'
import { defaultLimits } from '../src/limits.ts'
import { pause } from '../src/pause.ts'
import { memoryStore } from '../src/store/memory.ts'
import type { Store } from '../src/store/store.ts'
import { entryOf } from './fixtures/entries.ts'

/** Asks again and again, and lets others run in between. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (await holds()) return
    await pause()
  }
  expect.fail(`not so after 1000 turns: ${holds}`)
}

const now = Date.UTC(2026, 3, 1)
const key = (n: number) => String(n).padStart(64, '0')
const urlOf = (n: number) => `https://api.github.com/repos/o/r/issues/${n}`

const entry = (n: number, text = `[${n}]`, over: Partial<Entry> = {}): Promise<Entry> =>
  entryOf(text, { url: urlOf(n), asOf: now - 1000, confirmed: { you: now - 1000 }, ...over })

/** A store that fails, or says nothing, for as long as `state.mode` says so. */
function shaky({ clears = true } = {}) {
  const state = { mode: 'works' as 'works' | 'fails' | 'hangs' }
  const hung: (() => void)[] = []
  const whole = memoryStore()
  const answer = async <T>(call: () => Promise<T>): Promise<T> => {
    if (state.mode === 'fails') throw new Error('the disk is full')
    if (state.mode === 'hangs') await new Promise<void>((resolve) => hung.push(resolve))
    return call()
  }
  const store: Store = {
    ...whole,
    get: (...args) => answer(() => whole.get(...args)),
    put: (...args) => answer(() => whole.put(...args)),
    touch: (...args) => answer(() => whole.touch(...args)),
    delete: (...args) => answer(() => whole.delete(...args)),
    clear: clears ? () => answer(async () => whole.clear?.()) : undefined
  } as Store
  return { store, whole, state, answerNow: () => hung.splice(0).forEach((resolve) => void resolve()) }
}

describe('a store that failed, and works again', () => {
  let warnings: string[]
  const make = (store: Store, limits = {}) => {
    const purges = createPurges(createApi(new URL('https://api.github.com')))
    const cache = createCache(store, { ...defaultLimits, storeRestMs: 0, ...limits }, () => now, purges, {
      warning: ({ message }) => warnings.push(message),
      read() {}
    })
    return Object.assign(cache, { purges, purge: createPurge({ cache, purges, emit() {}, tellTabs() {} }) })
  }
  beforeEach(() => {
    warnings = []
  })
  const keysIn = async (store: Store) => (await collect(store.list())).map((row) => row.key).sort()
  /** Asks until the cache has used its store again. */
  const used = (cache: ReturnType<typeof make>, store: Store) =>
    until(async () => {
      await cache.add(key(99), await entry(99))
      return (await keysIn(store)).includes(key(99))
    })

  it('keeps what comes then, and says once that it failed', async () => {
    const { store, whole, state } = shaky()
    const cache = make(store)
    state.mode = 'fails'
    for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.contain('the disk is full; going on in memory, and trying it again now and then')
    state.mode = 'works'
    await used(cache, whole)
    expect(warnings).to.have.length(1)
    expect(await keysIn(whole)).to.deep.equal([key(99)])
    for (let n = 0; n < 5; n++) expect(await cache.find(key(n))).to.not.equal(undefined)
  })

  it('shows nobody what was changed or deleted meanwhile, and keeps the rest', async () => {
    const { store, whole, state } = shaky()
    const cache = make(store)
    for (let n = 0; n < 4; n++) await cache.add(key(n), await entry(n, `[${n}]`, { public: true }))
    state.mode = 'fails'
    await cache.touch(key(0), (held) => ({ ...held, public: false }))
    await cache.add(key(1), await entry(1, '["newer"]', { asOf: now }))
    await cache.delete(key(2))
    state.mode = 'works'
    await used(cache, whole)
    expect(await keysIn(whole)).to.deep.equal([key(3), key(99)])
    const next = make(whole)
    for (const n of [0, 1, 2]) expect(await next.find(key(n)), `${n}`).to.equal(undefined)
    expect((await next.find(key(3)))?.entries).to.have.length(1)
  })

  it('tells other processes what was purged meanwhile, and forgets no mark of theirs', async () => {
    const { store, whole, state } = shaky()
    const cache = make(store)
    await cache.add(key(1), await entry(1))
    const marked = async () =>
      (await collect(whole.list())).flatMap(({ meta }) => Object.keys(readMarks(meta)?.marks ?? {})).length
    await make(whole).purge(
      Array.from({ length: 500 }, (_, n) => urlOf(n + 10)),
      now - 500
    )
    const before = await marked()
    expect(before).to.equal(501)
    state.mode = 'fails'
    await cache.purge(['o/r'], now)
    expect(await marked()).to.equal(before)
    state.mode = 'works'
    await used(cache, whole)
    await until(async () => (await marked()) === before + 1)
    const last = make(whole)
    await last.find(key(1))
    expect(last.purges.at(urlOf(1))).to.equal(now)
  })

  for (const clears of [true, false])
    it(`is emptied then if all was removed meanwhile (${clears ? 'at once' : 'one by one'})`, async () => {
      const { store, whole, state } = shaky({ clears })
      const cache = make(store)
      for (let n = 0; n < 5; n++) await cache.add(key(n), await entry(n))
      state.mode = 'fails'
      await cache.clear()
      expect(await keysIn(whole)).to.have.length(5)
      await cache.add(key(7), await entry(7))
      state.mode = 'works'
      await used(cache, whole)
      expect(await keysIn(whole)).to.deep.equal([key(99)])
      expect((await cache.find(key(7)))?.entries).to.have.length(1)
      expect(await cache.find(key(0))).to.equal(undefined)
    })

  it('is emptied where too much was changed to remember', async () => {
    const { store, whole, state } = shaky()
    const cache = make(store)
    await cache.add(key(1), await entry(1))
    state.mode = 'fails'
    for (let n = 0; n < 10_001; n++) await cache.delete(`other ${n}`)
    state.mode = 'works'
    await used(cache, whole)
    expect(await keysIn(whole)).to.deep.equal([key(99)])
  })

  it('is left alone until it has answered all that it was asked, for that could be written late', async () => {
    const { store, whole, state, answerNow } = shaky()
    const cache = make(store, { storeAnswerMs: 5 })
    state.mode = 'hangs'
    await cache.add(key(1), await entry(1, '["old"]'))
    state.mode = 'works'
    for (let n = 0; n < 20; n++) await cache.add(key(2), await entry(2))
    expect(await keysIn(whole)).to.deep.equal([])
    await cache.add(key(1), await entry(1, '["new"]', { asOf: now }))
    answerNow()
    await used(cache, whole)
    expect(await keysIn(whole)).to.not.include(key(1))
  })

  it('is not used again by a mesh that was stopped', async () => {
    const { store, whole, state } = shaky()
    const cache = make(store)
    state.mode = 'fails'
    await cache.add(key(1), await entry(1))
    state.mode = 'works'
    await cache.close()
    for (let n = 0; n < 5; n++) await cache.add(key(2), await entry(2))
    expect(await keysIn(whole).catch(({ code }) => [code])).to.not.include(key(2))
    expect(warnings).to.have.length(1)
  })
})
