import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { isInUse } from '../src/cache-folder/cache-folder.ts'

const opener = join(import.meta.dirname, 'fixtures/folder-opener.ts')
/** A process that waits at a pipe does so for ever. */
const patienceMs = 20_000

describe('a cache folder with something else in it', () => {
  const root = mkdtempSync(join(tmpdir(), 'ghmesh-damage-'))
  const running = new Set<() => void>()
  let directory: string
  after(() => rmSync(root, { recursive: true, force: true }))
  beforeEach(() => {
    directory = mkdtempSync(join(root, 'cache-'))
  })
  afterEach(() => {
    for (const end of running) end()
    running.clear()
  })

  /** Another process that opens the folder; it holds its identity until `end`. */
  async function open() {
    const child = spawn(process.execPath, [opener, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: patienceMs
    })
    const exited = once(child, 'exit')
    const end = async () => {
      child.stdin.end()
      await exited
    }
    running.add(() => void end())
    const line = await Promise.race([once(createInterface(child.stdout), 'line'), exited.then(() => ['null'])])
    return { found: JSON.parse(String(line[0])) as { own: boolean; kept: boolean } | null, end }
  }

  const names = ['identity.json', 'identity.lock', 'cache.lock', 'cache.db', 'cache.db-wal', 'cache.db-journal']
  const things: Record<string, (path: string) => void> = {
    'a pipe': (path) => void execFileSync('mkfifo', [path]),
    'a link to another file': (path) => symlinkSync(join(root, 'elsewhere'), path)
  }
  for (const [what, make] of Object.entries(process.platform === 'win32' ? {} : things))
    for (const name of names)
      it(`${what} as ${name} stops nobody and is not followed`, async () => {
        writeFileSync(join(root, 'elsewhere'), 'of somebody else')
        make(join(directory, name))
        const { found, end } = await open()
        expect(found).to.deep.equal({ own: true, kept: true })
        await end()
        expect(lstatSync(join(directory, name), { throwIfNoEntry: false })?.isFile() ?? true).to.equal(true)
        expect(readFileSync(join(root, 'elsewhere'), 'utf8')).to.equal('of somebody else')
        const again = await open()
        expect(again.found).to.deep.equal({ own: true, kept: true })
        await again.end()
      })

  for (const name of ['identity.lock', 'cache.lock'])
    it(`a damaged ${name} is set aside and made anew, by one of many that start at once`, async () => {
      writeFileSync(join(directory, name), 'no database, '.repeat(1000))
      const all = await Promise.all([open(), open(), open(), open()])
      expect(all.filter(({ found }) => found?.own)).to.have.length(1)
      expect(all.filter(({ found }) => found?.kept)).to.have.length(4)
      const aside = readdirSync(directory).filter((file) => file.startsWith(`${name}.damaged-`))
      expect(aside.map((file) => readFileSync(join(directory, file), 'utf8').slice(0, 11))).to.include('no database')
      expect(isInUse(directory)).to.equal(true)
      for (const { end } of all) await end()
      expect(isInUse(directory)).to.equal(false)
      const next = await open()
      expect(next.found).to.deep.equal({ own: true, kept: true })
      await next.end()
    })

  it('a lock that is damaged while it is held still holds', async () => {
    const holder = await open()
    expect(holder.found?.own).to.equal(true)
    truncateSync(join(directory, 'identity.lock'), 0)
    writeFileSync(join(directory, 'identity.lock'), 'damaged '.repeat(1000), { flag: 'r+' })
    const other = await open()
    expect(other.found).to.deep.equal({ own: false, kept: true })
    await holder.end()
    await other.end()
    const next = await open()
    expect(next.found?.own).to.equal(true)
    await next.end()
  })

  it('a folder in the place of a lock is moved away, and nobody holds what cannot be held', async () => {
    for (const name of ['identity.lock', 'cache.lock']) mkdirSync(join(directory, name))
    expect(isInUse(directory)).to.equal(false)
    const { found, end } = await open()
    expect(found).to.deep.equal({ own: true, kept: true })
    await end()
  })
})
