import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type KeptRecord, openShelfStore, recordBytes, type ShelfStore } from '../src/shelf-store.ts'
import { refuseOnShelf } from './refusing-disk.ts'

const dayMs = 86_400_000
const minuteMs = 60_000
const keyOf = (n: number) => new Uint8Array(32).fill(n)

describe("a shelf's store", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-shelf-'))
  const open: ShelfStore[] = []
  const damaged: string[] = []
  const sweepFailures: string[] = []
  let now = Date.UTC(2026, 0, 1)
  afterEach(() => {
    for (const store of open.splice(0)) store.close()
    damaged.length = 0
    sweepFailures.length = 0
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const newFolder = () => mkdtempSync(join(folder, 'one-'))
  function store(directory = newFolder(), options: { maxBytes?: number; places?: number } = {}): ShelfStore {
    const made = openShelfStore({
      directory,
      maxBytes: 10 * recordBytes(100),
      places: 2,
      now: () => now,
      damaged: (path) => damaged.push(path),
      sweepFailed: (why) => sweepFailures.push(why),
      ...options
    })
    open.push(made)
    return made
  }
  const record = (n: number, over: Partial<KeptRecord> = {}): KeptRecord => ({
    key: keyOf(n),
    sender: 'somebody',
    signedAt: now,
    expiresAt: now + dayMs,
    sealed: new Uint8Array(100).fill(n),
    ...over
  })
  const has = (shelf: ShelfStore, group: string, ...keys: number[]) =>
    keys.filter((n) => shelf.get(group, keyOf(n), 0) !== undefined)

  it('gives back what a group left, to that group alone', () => {
    const shelf = store()
    expect(shelf.put('ours', record(1))).to.equal(true)
    expect(shelf.get('ours', keyOf(1), 0)).to.deep.equal({ sender: 'somebody', sealed: new Uint8Array(100).fill(1) })
    expect(shelf.get('theirs', keyOf(1), 0)).to.equal(undefined)
    expect(shelf.figures).to.deep.equal({ records: 1, bytes: recordBytes(100), groups: 1 })
  })

  it('keeps the newest of a key, however they come, and gives it only to who knows an older one', () => {
    const shelf = store()
    shelf.put('ours', record(1, { signedAt: now, sealed: Uint8Array.of(2) }))
    shelf.put('ours', record(1, { signedAt: now - 1, sealed: Uint8Array.of(1) }))
    expect(shelf.get('ours', keyOf(1), now - 1)?.sealed).to.deep.equal(Uint8Array.of(2))
    expect(shelf.get('ours', keyOf(1), now)).to.equal(undefined)
    expect(shelf.figures.records).to.equal(1)
  })

  it('what was taken away does not come back by an older record', () => {
    const shelf = store()
    const old = record(1)
    shelf.put('ours', old)
    shelf.put('ours', record(1, { signedAt: now + 1, sealed: new Uint8Array() }))
    expect(shelf.get('ours', keyOf(1), 0)).to.equal(undefined)
    shelf.put('ours', old)
    expect(shelf.get('ours', keyOf(1), 0)).to.equal(undefined)
  })

  it('lets the least recently used of a group go for its new ones, and nothing of another group', () => {
    const shelf = store()
    for (const n of [1, 2, 3]) shelf.put('theirs', record(n))
    for (const n of [1, 2, 3, 4, 5]) shelf.put('ours', record(n))
    now += minuteMs
    expect(has(shelf, 'ours', 1)).to.deep.equal([1])
    now += minuteMs
    for (const n of [6, 7]) shelf.put('ours', record(n))
    expect(has(shelf, 'ours', 1, 2, 3, 4, 5, 6, 7)).to.deep.equal([1, 4, 5, 6, 7])
    for (let n = 10; n < 200; n++) shelf.put('ours', record(n))
    expect(has(shelf, 'theirs', 1, 2, 3)).to.deep.equal([1, 2, 3])
    expect(shelf.figures.bytes).to.equal(8 * recordBytes(100))
  })

  it('refuses a record that is larger than a place', () => {
    const shelf = store()
    expect(shelf.put('ours', record(1, { sealed: new Uint8Array(5 * recordBytes(100)) }))).to.equal(false)
    expect(shelf.figures.records).to.equal(0)
  })

  it('has no place for another group until one has kept nothing for long enough', () => {
    const shelf = store()
    shelf.put('ours', record(1))
    shelf.put('theirs', record(1, { expiresAt: now + 7 * dayMs }))
    expect([shelf.admits('ours'), shelf.admits('theirs'), shelf.admits('third')]).to.deep.equal([true, true, false])
    now += dayMs
    expect(has(shelf, 'ours', 1)).to.deep.equal([])
    shelf.sweep()
    expect([shelf.admits('third'), shelf.figures.groups]).to.deep.equal([true, 1])
  })

  it('is there again after it was closed, and fits into less room', () => {
    const directory = newFolder()
    const first = store(directory)
    for (const n of [1, 2, 3]) first.put('theirs', record(n))
    now += minuteMs
    for (const n of [1, 2, 3]) first.put('ours', record(n))
    first.close()
    open.length = 0
    const second = store(directory)
    expect(has(second, 'ours', 1, 2, 3)).to.deep.equal([1, 2, 3])
    second.close()
    open.length = 0
    const third = store(directory, { maxBytes: 2 * recordBytes(100), places: 1 })
    expect([has(third, 'ours', 1, 2, 3), has(third, 'theirs', 1, 2, 3)]).to.deep.equal([[2, 3], []])
  })

  it('gives room back to the disk where it may keep much less than it did', () => {
    const directory = newFolder()
    const large = 100_000
    const size = () => statSync(join(directory, 'shelf.db')).size
    const first = store(directory, { maxBytes: 100 * large })
    for (let n = 0; n < 40; n++) first.put('ours', record(n, { sealed: new Uint8Array(large) }))
    first.close()
    expect(size()).to.be.above(40 * large)
    const second = store(directory, { maxBytes: 10 * large })
    expect(has(second, 'ours', 39)).to.deep.equal([39])
    second.close()
    open.length = 0
    expect(size()).to.be.below(10 * large)
  })

  it('is for its owner only, and for one process at a time', () => {
    const directory = join(newFolder(), 'below')
    store(directory)
    if (process.platform !== 'win32') {
      expect(statSync(directory).mode & 0o777).to.equal(0o700)
      expect(statSync(join(directory, 'shelf.db')).mode & 0o777).to.equal(0o600)
    }
    expect(() => store(directory)).to.throw(/another relay uses it: choose another --shelf-dir/)
  })

  it('says once, and not at each sweep, that the disk is too full to remove what has expired', () => {
    const directory = newFolder()
    store(directory).close()
    open.length = 0
    refuseOnShelf(directory, 'DELETE')
    const shelf = store(directory)
    shelf.sweep()
    expect(sweepFailures).to.deep.equal([])
    shelf.put('ours', record(1))
    now += dayMs
    for (let n = 0; n < 3; n++) shelf.sweep()
    expect(sweepFailures).to.deep.equal(['database or disk is full'])
    expect(shelf.put('ours', record(2))).to.equal(true)
    expect(has(shelf, 'ours', 1, 2)).to.deep.equal([2])
  })

  it('opens though the disk is too full to remove what has expired, or is too much, and gives none of that', () => {
    const directory = newFolder()
    const first = store(directory)
    for (const key of [1, 2]) first.put('ours', record(key))
    first.put('theirs', record(3, { expiresAt: now + 10 * dayMs }))
    first.close()
    open.length = 0
    refuseOnShelf(directory, 'DELETE')
    now += 2 * dayMs
    const second = store(directory)
    expect(sweepFailures).to.deep.equal(['database or disk is full'])
    expect([has(second, 'ours', 1, 2), has(second, 'theirs', 3)]).to.deep.equal([[], [3]])
    expect(second.figures.records).to.equal(3)
    second.sweep()
    expect(sweepFailures).to.have.length(1)
  })

  it('gives a record though the disk is too full to note that it was used', () => {
    const directory = newFolder()
    const first = store(directory)
    first.put('ours', record(1))
    first.close()
    open.length = 0
    refuseOnShelf(directory, 'UPDATE')
    const second = store(directory)
    now += minuteMs
    expect(second.get('ours', keyOf(1), 0)?.sealed).to.deep.equal(new Uint8Array(100).fill(1))
  })

  it('begins anew where its file is damaged, and sets that aside', () => {
    const directory = newFolder()
    writeFileSync(join(directory, 'shelf.db'), 'this is no database, and too long to be an empty one '.repeat(100))
    const shelf = store(directory)
    expect(shelf.put('ours', record(1))).to.equal(true)
    expect(damaged).to.have.length(1)
    expect(readdirSync(directory).some((name) => name.startsWith('shelf.db.damaged-'))).to.equal(true)
  })
})
