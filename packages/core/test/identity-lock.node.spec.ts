import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { identityInUse, lockIdentity } from '../src/platform/node/lock.ts'

const run = promisify(execFile)
const module = JSON.stringify(import.meta.resolve('../src/platform/node/lock.ts'))

/** A process that waits for a lock, or for one to be seen, ends at last. */
const patienceMs = 15_000

describe('the lock of an identity', () => {
  const root = mkdtempSync(join(tmpdir(), 'ghmesh-lock-'))
  let directory: string
  after(() => rmSync(root, { recursive: true, force: true }))
  beforeEach(() => {
    directory = mkdtempSync(join(root, 'cache-'))
  })

  /** The value of an expression in another process, which has `lock` and `folder`. */
  async function elsewhere(expression: string): Promise<unknown> {
    const script = `import * as lock from ${module}
      const folder = process.argv[1]
      console.log(JSON.stringify(${expression}))`
    const { stdout } = await run(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', script, directory],
      { timeout: patienceMs }
    )
    return JSON.parse(stdout)
  }

  // As do others that start at the same moment: without it, each of them could be refused.
  it('waits for those that only look', async () => {
    lockIdentity(directory)?.close()
    const reader = new DatabaseSync(join(directory, 'identity.lock'), { readOnly: true })
    reader.exec('BEGIN; SELECT count(*) FROM sqlite_master')
    const taken = elsewhere('lock.lockIdentity(folder) !== undefined')
    const waiting = elsewhere('await (async () => { while (!lock.identityInUse(folder)); return "waiting" })()')
    try {
      expect(await Promise.race([taken, waiting])).to.equal('waiting')
    } finally {
      reader.close()
    }
    expect(await taken).to.equal(true)
  })

  it('is kept while somebody else in the same process asks for it', async () => {
    const held = lockIdentity(directory)
    expect(held).to.not.equal(undefined)
    expect(lockIdentity(directory)).to.equal(undefined)
    expect(identityInUse(directory)).to.equal(true)
    expect(await elsewhere('lock.lockIdentity(folder) !== undefined')).to.equal(false)
    held?.close()
    expect(identityInUse(directory)).to.equal(false)
    expect(await elsewhere('lock.lockIdentity(folder) !== undefined')).to.equal(true)
  })
})
