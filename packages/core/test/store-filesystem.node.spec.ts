import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import fc from 'fast-check'
import { collect } from '../src/contract/contract.ts'
import { storeContract } from '../src/contract/index.ts'
import type { MeshError } from '../src/errors.ts'
import { filesystemStore } from '../src/store/filesystem.ts'
import type { Store, StoreBounds, StoreRecord } from '../src/store/store.ts'

const writer = join(import.meta.dirname, 'fixtures/store-writer.ts')
const record: StoreRecord = { meta: { version: 1 }, body: new Uint8Array(100).fill(7) }

describe('filesystemStore', () => {
  const root = mkdtempSync(join(tmpdir(), 'ghmesh-store-'))
  let made = 0
  const newDirectory = () => join(root, String(made++), 'cache')
  after(() => rmSync(root, { recursive: true, force: true }))

  const directories = new Map<Store, { directory: string } & StoreBounds>()
  const open = (options: { directory: string } & StoreBounds) => {
    const store = filesystemStore(options)
    directories.set(store, options)
    return store
  }
  const file = (store: Store) => join(directories.get(store)?.directory ?? '', 'cache.db')
  const sameAs = (store: Store) => open(directories.get(store) ?? { directory: '' })
  function sql(path: string, ...statements: string[]) {
    const database = new DatabaseSync(path)
    for (const statement of statements) database.exec(statement)
    database.close()
  }

  const contract = storeContract({
    create: (bounds) => open({ directory: newDirectory(), ...bounds }),
    reopen: sameAs,
    second: sameAs,
    damage: (store, key) =>
      sql(
        file(store),
        `UPDATE bodies SET body = zeroblob(3000) WHERE id = (SELECT id FROM records WHERE key = '${key}')`
      )
  })
  for (const { name, run } of contract) it(name, run)

  it('touches nothing until the first call, then makes directory and files for their owner only', async () => {
    const store = open({ directory: newDirectory() })
    const path = file(store)
    expect(existsSync(path)).to.equal(false)
    expect(await store.get('a')).to.equal(undefined)
    if (process.platform !== 'win32') {
      expect(statSync(join(path, '..')).mode & 0o777).to.equal(0o700)
      for (const name of readdirSync(join(path, '..')))
        if (name.startsWith('cache.db')) expect(statSync(join(path, '..', name)).mode & 0o777).to.equal(0o600)
    }
    await store.close()
  })

  it('may be closed before it was opened', async () => {
    const store = open({ directory: newDirectory() })
    await store.close()
    expect(existsSync(file(store))).to.equal(false)
  })

  it('takes damaged or half a record for absent, and removes it', async () => {
    const store = open({ directory: newDirectory() })
    for (const key of ['a', 'b', 'c']) await store.put(key, record)
    sql(
      file(store),
      "UPDATE records SET meta = '{\"version\": 1' WHERE key = 'a'",
      "DELETE FROM bodies WHERE id = (SELECT id FROM records WHERE key = 'b')"
    )
    expect(await store.get('a')).to.equal(undefined)
    expect(await store.get('b')).to.equal(undefined)
    expect(await store.get('c')).to.deep.equal(record)
    expect((await collect(store.list())).map(({ key }) => key)).to.deep.equal(['c'])
    await store.close()
  })

  for (const [what, make] of Object.entries({
    'no database': (path: string) => writeFileSync(path, 'x'.repeat(20_000)),
    "somebody else's": (path: string) => sql(path, 'CREATE TABLE records (x)', "INSERT INTO records VALUES ('theirs')")
  }))
    it(`sets a file aside that is ${what}, loses nothing, and begins a new one`, async () => {
      const first = open({ directory: newDirectory() })
      await first.get('a') // makes the directory
      await first.close()
      const path = file(first)
      rmSync(path)
      make(path)
      const before = readFileSync(path)
      const warnings: MeshError[] = []
      const store = filesystemStore({ directory: join(path, '..'), onWarning: (warning) => warnings.push(warning) })
      await store.put('a', record)
      expect(await store.get('a')).to.deep.equal(record)
      await store.close()
      const aside = readdirSync(join(path, '..')).filter((name) => /^cache\.db\.damaged-\d+$/.test(name))
      expect(aside).to.have.length(1)
      expect(readFileSync(join(path, '..', aside[0] ?? ''))).to.deep.equal(before)
      expect(warnings.map(({ code }) => code)).to.deep.equal(['ERR_STORE'])
      expect(warnings[0]?.message).to.include(`${aside[0]}, and a new cache begun`)
    })

  it('sets a file aside that is damaged while it is open, once for all who use it', async () => {
    const directory = newDirectory()
    const warnings: MeshError[] = []
    const stores = [1, 2].map(() => filesystemStore({ directory, onWarning: (warning) => warnings.push(warning) }))
    const [one, two] = stores as [Store, Store]
    for (let i = 0; i < 50; i++) await one.put(`key ${i}`, { ...record, body: new Uint8Array(10_000) })
    await two.get('key 1')
    await one.close()
    await two.close()
    const path = join(directory, 'cache.db')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xa5, 4096)) // the first page, with the schema, stays readable
    const again = [1, 2].map(() => filesystemStore({ directory, onWarning: (warning) => warnings.push(warning) }))
    const [three, four] = again as [Store, Store]
    await Promise.all([three.put('a', record), four.put('b', record)])
    expect(await four.get('a')).to.deep.equal(record)
    expect(await three.get('b')).to.deep.equal(record)
    await three.close()
    await four.close()
    expect(readdirSync(directory).filter((name) => /damaged-\d+$/.test(name))).to.have.length(1)
    expect(warnings).to.have.length(1)
  })

  it('leaves the file of a newer ghmesh alone, and says so', async () => {
    const store = open({ directory: newDirectory() })
    await store.put('a', record)
    await store.close()
    sql(file(store), 'PRAGMA user_version = 2')
    const old = sameAs(store)
    const error = await old.get('a').catch((error: unknown) => error)
    expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
    expect(error)
      .to.have.property('message')
      .that.matches(/newer ghmesh: update ghmesh, or choose another cacheDir$/)
    sql(file(store), 'PRAGMA user_version = 1')
    expect(await old.get('a')).to.deep.equal(record)
    await old.close()
  })

  it('rejects with what to do where it cannot have its directory', async () => {
    const taken = join(root, 'taken')
    writeFileSync(taken, '')
    // Where nothing can be made, Node's own recursive mkdir tries for ever.
    const never = process.platform === 'linux' ? ['/proc/ghmesh', '/proc/ghmesh/below'] : []
    for (const directory of [taken, join(taken, 'below'), ...never]) {
      const store = filesystemStore({ directory })
      for (const call of [store.get('a'), store.put('a', record), collect(store.list())]) {
        const error = (await call.catch((error: unknown) => error)) as MeshError
        expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE' })
        expect(error.message)
          .to.include(directory)
          .and.match(/a folder that you can write to, or choose another cacheDir$/)
        expect(error.cause).to.be.instanceOf(Error)
      }
      await store.close()
    }
  })

  const start = (...args: (string | number)[]) =>
    spawn(process.execPath, [writer, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })

  it('loses nothing when four processes write at once', async () => {
    const directory = newDirectory()
    const names = ['one', 'two', 'three', 'four']
    const codes = await Promise.all(
      names.map(async (name) => {
        const child = start(directory, name, 500, 2000)
        child.stdout.resume()
        return (await once(child, 'exit'))[0]
      })
    )
    expect(codes).to.deep.equal([0, 0, 0, 0])
    const store = filesystemStore({ directory })
    expect(await collect(store.list())).to.have.length(2000)
    for (const name of names)
      for (let i = 0; i < 500; i++)
        expect(await store.get(`${name} ${i}`), `${name} ${i}`)
          .to.have.property('body')
          .that.deep.equals(new Uint8Array(2000).fill(i))
    await store.close()
    const database = new DatabaseSync(join(directory, 'cache.db'))
    expect({ ...database.prepare('SELECT bytes, count FROM totals').get() }).to.deep.equal({
      bytes: 4_000_000,
      count: 2000
    })
    database.close()
  })

  it('has every acknowledged record, and is whole, after kill -9', async () => {
    const directory = newDirectory()
    const acknowledged: string[] = []
    for (const name of ['first', 'second', 'third']) {
      const child = start(directory, name, 1e9, 9000)
      let seen = 0
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.push(line)
        if (++seen === 200) child.kill('SIGKILL')
      }
    }
    const store = filesystemStore({ directory })
    for (const key of acknowledged)
      expect(await store.get(key), key)
        .to.have.property('body')
        .with.length(9000)
    await store.close()
    const database = new DatabaseSync(join(directory, 'cache.db'))
    expect({ ...database.prepare('PRAGMA integrity_check').get() }).to.deep.equal({ integrity_check: 'ok' })
    database.close()
  })

  if (process.platform !== 'win32')
    it('rejects what the disk does not take, and goes on serving what it has', async () => {
      const directory = newDirectory()
      // The shell's limit on the size of files stands for a full disk.
      const command = `ulimit -f 2000; exec "$0" "$@"`
      const child = spawn('sh', ['-c', command, process.execPath, writer, directory, 'full', '5000', '9000'], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      const lines = await collect(createInterface({ input: child.stdout }))
      expect(lines.at(-1)).to.match(/^rejected ERR_STORE .*free some disk space, or choose another cacheDir$/)
      expect(lines.length).to.be.greaterThan(10)
      const store = filesystemStore({ directory })
      for (const key of lines.slice(0, -1))
        expect(await store.get(key), key)
          .to.have.property('body')
          .with.length(9000)
      await store.put('again', record)
      await store.close()
    })

  it('behaves as a Map does, whatever comes', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const step = fc.oneof(
      fc.record({ op: fc.constant('put' as const), key, body: fc.uint8Array({ maxLength: 50 }), meta: fc.jsonValue() }),
      fc.record({ op: fc.constantFrom('delete' as const, 'reopen' as const, 'get' as const), key })
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let store = open({ directory: newDirectory() })
        const model = new Map<string, StoreRecord>()
        for (const step of steps) {
          if (step.op === 'put') {
            const value = { meta: JSON.parse(JSON.stringify({ version: 1, x: step.meta })), body: step.body }
            model.set(step.key, value)
            await store.put(step.key, value)
          } else if (step.op === 'delete') {
            model.delete(step.key)
            await store.delete(step.key)
          } else if (step.op === 'reopen') {
            await store.close()
            store = sameAs(store)
          }
          expect(await store.get(step.key)).to.deep.equal(model.get(step.key))
        }
        const keys = (await collect(store.list())).map(({ key }) => key)
        expect(keys.sort()).to.deep.equal([...model.keys()].sort())
        await store.close()
      }),
      { numRuns: 40 }
    )
  })
})
