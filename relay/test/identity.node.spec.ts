import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openIdentity } from '../src/identity.ts'

describe("a relay's identity", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'identity-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code })
  }

  it('is kept, for its owner only, also where the file system has no hard links', async () => {
    for (const [n, link] of [undefined, ...['EPERM', 'ENOTSUP', 'ENOSYS'].map(failing)].entries()) {
      const file = join(folder, `${n}.key`)
      const key = await openIdentity(file, link)
      expect(await openIdentity(file, link)).to.deep.equal(key)
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).to.equal(0o600)
    }
    expect(readdirSync(folder).sort()).to.deep.equal(['0.key', '1.key', '2.key', '3.key'])
  })

  it('is the first of two that are made at the same moment', async () => {
    for (const [n, link] of [undefined, failing('EPERM')].entries()) {
      const file = join(folder, `${n}.key`)
      const [one, other] = await Promise.all([openIdentity(file, link), openIdentity(file, link)])
      expect(other).to.deep.equal(one)
    }
  })

  it('is not made where it cannot be kept', async () => {
    const file = join(folder, 'key')
    const refused = await openIdentity(file, failing('ENOSPC')).catch(({ message }) => message)
    expect(refused).to.equal(`cannot create ${file} (ENOSPC); choose another with --key-file`)
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
