import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'

const module = JSON.stringify(new URL('../src/proxy/gh-config.ts', import.meta.url).href)

describe("gh's setting", () => {
  let bin: string

  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'ghmesh-gh-config-'))
  })
  afterEach(() => rmSync(bin, { recursive: true }))

  /** What a process of its own, at the head of a group, makes of the answers of a gh that does this. */
  async function read(script: string): Promise<string> {
    writeFileSync(join(bin, 'gh'), `#!${process.execPath}\n${script}`)
    chmodSync(join(bin, 'gh'), 0o755)
    const code = `import { ghSocket } from ${module}
      process.on('SIGINT', () => {})
      try { console.log(JSON.stringify(ghSocket('/none'))) } catch (error) { console.log(error.message) }`
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { detached: true, env })
    return (await text(child.stdout)).trim()
  }

  it('is what gh says, or nothing where gh has nothing', async () => {
    expect(await read("console.log('/own.sock')")).to.equal('"/own.sock"')
    expect(await read('')).to.equal('""')
    const unset = `console.error('could not find key "http_unix_socket"'); process.exitCode = 1`
    expect(await read(unset)).to.equal('""')
  })

  it('is not known where gh fails', async () => {
    const failed = 'gh config get http_unix_socket failed: '
    expect(await read("console.error('permission denied'); process.exitCode = 1")).to.equal(
      `${failed}permission denied`
    )
    expect(await read("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)")).to.contain(failed)
  })

  it('is read although somebody presses Ctrl-C meanwhile', async () => {
    // As a terminal does it, to all of a group.
    expect(await read("process.kill(-process.ppid, 'SIGINT'); console.log('/own.sock')")).to.equal('"/own.sock"')
  })
})
