import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import { marksKey, withMark } from '../src/cache/marks.ts'
import { createPurges } from '../src/cache/purges.ts'
import { holdingRecord, valueRecord } from '../src/cache/record.ts'
import {
  type CacheFolder,
  isDamagedFile,
  isInUse,
  openCacheFolder,
  renewCacheFile
} from '../src/cache-folder/cache-folder.ts'
import type { Entry } from '../src/entry.ts'
import { createApi } from '../src/github/api.ts'
import { openIdentity } from '../src/platform/node/identity.ts'
import { filesystemStore } from '../src/store/filesystem.ts'
import type { StoreRecord } from '../src/store/store.ts'
import { entryOf } from './fixtures/entries.ts'

const key = (n: number) => String(n).padStart(64, '0')
const fingerprint = 'f00d'.repeat(16)

describe('a cache folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'ghmesh-folder-'))
  let directory: string
  after(() => rmSync(root, { recursive: true, force: true }))
  beforeEach(() => {
    directory = mkdtempSync(join(root, 'cache-'))
  })

  const entry = (n: number, over: Partial<Entry> = {}) =>
    entryOf(`[${n}]`, {
      url: `https://api.github.com/repos/o/r/issues/${n}`,
      asOf: 1000 + n,
      confirmed: { [fingerprint]: 1000 + n },
      ...over
    })

  async function fill(count: number) {
    const store = filesystemStore({ directory })
    for (let n = 0; n < count; n++) {
      await store.put(key(n), holdingRecord({ key: key(n), entries: [await entry(n)] }))
    }
    const json = new TextEncoder().encode('{"a":1}')
    await store.put(key(999), valueRecord({ name: 'v', json, at: 1, by: 'p', expiresAt: 2, deleted: false }))
    return store
  }
  function sql(...statements: string[]) {
    const database = new DatabaseSync(join(directory, 'cache.db'))
    for (const statement of statements) database.exec(statement)
    database.close()
  }
  const byKey = (n: number) => `(SELECT id FROM records WHERE key = '${key(n)}')`
  function withFolder<T>(work: (folder: CacheFolder) => T): T {
    const folder = openCacheFolder(directory)
    try {
      return work(folder)
    } finally {
      folder.close()
    }
  }
  const thrown = (work: () => unknown): Error => {
    try {
      work()
    } catch (error) {
      return error as Error
    }
    throw new Error('nothing was thrown')
  }

  it('lists entries newest first, and nothing of viewers', async () => {
    const store = await fill(600)
    sql(`UPDATE records SET meta = 'no JSON' WHERE key = '${key(3)}'`)
    const found = withFolder((folder) => [...folder.entries()])
    expect(found.map(({ asOf }) => asOf)).to.deep.equal(
      Array.from({ length: 600 }, (_, n) => 1599 - n).filter((asOf) => asOf !== 1003)
    )
    expect(found[0]).to.deep.equal({
      url: 'https://api.github.com/repos/o/r/issues/599',
      accept: 'application/vnd.github+json',
      bytes: 5,
      asOf: 1599,
      reach: 'public',
      validator: 'portable',
      purged: false,
      received: false,
      bodies: 1
    })
    expect(JSON.stringify(found)).to.not.contain(fingerprint)
    await store.close()
  })

  it('tells who may read an entry, where it came from, and whether it was made stale', async () => {
    const store = filesystemStore({ directory })
    const variants: Partial<Entry>[] = [
      { local: true, public: true },
      { public: false },
      { from: 'peer', takenAt: 1 },
      {}
    ]
    for (const [n, over] of variants.entries()) {
      await store.put(key(n), holdingRecord({ key: key(n), entries: [await entry(n, over)] }))
    }
    const purges = createPurges(createApi(new URL('https://api.github.com')))
    for (const [target, at] of [
      ['/repos/o/r/issues/3', 5000],
      ['/repos/o/r/issues/2', 1]
    ] as const) {
      await store.put(marksKey(purges.base, target), withMark(undefined, purges.base, target, at) as StoreRecord)
    }
    await store.close()
    expect(withFolder((folder) => [...folder.verify()].filter(({ damage }) => damage))).to.deep.equal([])
    const found = withFolder((folder) => [...folder.entries()]).reverse()
    expect(found.map(({ reach, received, purged }) => [reach, received, purged])).to.deep.equal([
      ['local', false, false],
      ['private', false, false],
      ['public', true, false],
      ['public', false, true]
    ])
  })

  it('finds every kind of damage, keeps it until it is repaired, and then counts right', async () => {
    const store = await fill(10)
    expect(withFolder((folder) => [...folder.verify()].filter(({ damage }) => damage))).to.deep.equal([])
    const other = holdingRecord({ key: key(4), entries: [await entry(4, { hash: '0'.repeat(64) })] })
    await store.put(key(4), other)
    sql(
      `UPDATE bodies SET body = zeroblob(3000) WHERE id = ${byKey(0)}`,
      `DELETE FROM bodies WHERE id = ${byKey(1)}`,
      `UPDATE records SET meta = '{"version": 1' WHERE key = '${key(2)}'`,
      `UPDATE records SET meta = '{"version": 7}' WHERE key = '${key(3)}'`,
      `UPDATE records SET meta = '{"version": 1, "kind": "value"}' WHERE key = '${key(999)}'`
    )
    const issue = (n: number) => `https://api.github.com/repos/o/r/issues/${n}`
    const expected = [
      { name: issue(0), damage: 'its body is not what was written' },
      { name: issue(1), damage: 'its body is lost' },
      { damage: 'what is known of it cannot be read' },
      { damage: 'what is known of it does not fit its body' },
      { name: issue(4), damage: 'its body has another hash' },
      { damage: 'it is no value' }
    ]
    const look = () => withFolder((folder) => [...folder.verify()].filter(({ damage }) => damage))
    expect(look()).to.deep.equal(expected)
    expect(look()).to.deep.equal(expected)
    const removed = withFolder((folder) => {
      for (const _ of folder.verify());
      return folder.repair()
    })
    expect(removed).to.equal(6)
    expect(withFolder((folder) => [...folder.verify()])).to.have.length(5)
    const database = new DatabaseSync(join(directory, 'cache.db'))
    const { bytes, count } = database.prepare('SELECT bytes, count FROM totals').get() as Record<string, number>
    expect([count, bytes]).to.deep.equal([5, 5 * (3 + 32)])
    database.close()
    await store.close()
  })

  it('does not remove what was replaced meanwhile', async () => {
    const store = await fill(2)
    sql(`UPDATE bodies SET body = zeroblob(3) WHERE id = ${byKey(0)}`)
    const folder = openCacheFolder(directory)
    for (const _ of folder.verify());
    await store.put(key(0), holdingRecord({ key: key(0), entries: [await entry(0, { asOf: 5000 })] }))
    expect(folder.repair()).to.equal(0)
    folder.close()
    expect(await store.get(key(0))).to.have.property('body')
    await store.close()
  })

  it('clears all records while others have it open, and nothing else', async () => {
    const store = await fill(300)
    const identity = await openIdentity(directory, false)
    expect(isInUse(directory)).to.equal(true)
    const before = readFileSync(join(directory, 'identity.json'), 'utf8')
    expect(withFolder((folder) => folder.clear())).to.equal(301)
    expect(await store.get(key(1))).to.equal(undefined)
    await store.put(key(1), holdingRecord({ key: key(1), entries: [await entry(1)] }))
    expect(withFolder((folder) => [...folder.entries()])).to.have.length(1)
    expect(readFileSync(join(directory, 'identity.json'), 'utf8')).to.equal(before)
    await identity.release()
    expect(isInUse(directory)).to.equal(false)
    await store.close()
  })

  it('makes nothing where there is none, and says what is wrong', async () => {
    expect(thrown(() => openCacheFolder(directory)).message).to.equal(`there is no cache in ${directory}`)
    expect(thrown(() => openCacheFolder(join(directory, 'deeper'))).message).to.match(/there is no cache in .*deeper$/)
    expect(isInUse(directory)).to.equal(false)
    expect(readdirSync(directory)).to.deep.equal([])
    const cases: [RegExp, () => void][] = [
      [/there is no cache in/, () => writeFileSync(join(directory, 'cache.db'), '')],
      [/is no cache of ghmesh: choose another cacheDir$/, () => sql('CREATE TABLE records (x)')],
      [/is no cache of ghmesh/, () => sql('CREATE TABLE records (x)', 'PRAGMA user_version = 1')],
      [/made by a newer ghmesh/, () => sql('PRAGMA user_version = 9')],
      [/cache\.db cannot be used|cannot be used/, () => mkdirSync(join(directory, 'cache.db'))]
    ]
    for (const [message, make] of cases) {
      rmSync(directory, { recursive: true })
      mkdirSync(directory)
      make()
      const error = thrown(() => openCacheFolder(directory))
      expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
      expect(error.message).to.match(message)
      expect(isDamagedFile(error)).to.equal(false)
    }
  })

  it('a damaged file is told, at the start or on the way, and set aside on request', async () => {
    const store = await fill(400)
    await store.close()
    const path = join(directory, 'cache.db')
    const bytes = readFileSync(path)
    for (const damaged of [Buffer.alloc(20_000, 'x'), Buffer.from(bytes).fill(0xa5, 8192)]) {
      writeFileSync(path, damaged)
      const error = thrown(() => withFolder((folder) => [...folder.verify()]))
      expect(error.message).to.equal(`${path} is damaged`)
      expect(isDamagedFile(error)).to.equal(true)
      const warnings: string[] = []
      renewCacheFile(directory, error, ({ message }) => warnings.push(message))
      expect(warnings[0]).to.match(/is kept as .*cache\.db\.damaged-\d+, and a new cache begun/)
      expect(withFolder((folder) => [...folder.verify()])).to.deep.equal([])
    }
  })
})
