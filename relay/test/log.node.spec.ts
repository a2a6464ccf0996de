import fs, { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openLog } from '../src/log.ts'

describe("a relay's log", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-log-'))
  const { writeSync } = fs
  afterEach(() => {
    fs.writeSync = writeSync
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('keeps little of what a full disk does not take, and goes on once there is room', () => {
    const file = join(folder, 'log')
    const logged = openSync(file, 'a')
    const log = openLog('info', logged)
    log.info({}, 'before')
    fs.writeSync = ((fd: number, ...rest: [string]) => {
      if (fd === logged) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      return writeSync(fd, ...rest)
    }) as typeof writeSync
    for (let n = 0; n < 10_000; n++) log.info({ n }, 'while the disk is full')
    fs.writeSync = writeSync
    for (const what of ['first with room', 'last']) log.info({}, what)
    fs.closeSync(logged)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const said = lines.map((line) => JSON.parse(line).msg)
    expect([said[0], said.at(-1)]).to.deep.equal(['before', 'last'])
    expect(lines.length).to.be.within(3, 2000)
  })
})
