import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

async function run(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks = { out: '', err: '' }
  child.stdout.on('data', (text) => {
    chunks.out += text
  })
  child.stderr.on('data', (text) => {
    chunks.err += text
  })
  const [code] = await once(child, 'close')
  return { code, ...chunks }
}

describe('github-sim', () => {
  it('prints where it is, logs calls without tokens, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [bin, '--json', '--verbose'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = once(child, 'close')
    const [line] = await once(createInterface(child.stdout), 'line')
    const { url } = JSON.parse(line)
    const logged = once(createInterface(child.stderr), 'line')
    const response = await fetch(`${url}/user`, { headers: { authorization: 'token sim-token-alice' } })
    expect(response.status).to.equal(200)
    const [text] = await logged
    expect(text).to.include('alice GET /user 200 1 unit').and.not.include('sim-token')
    child.kill('SIGTERM')
    // Windows has no signals: a process that is sent one is just ended.
    expect(await closed).to.deep.equal(process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null])
  })

  it('explains itself', async () => {
    const { code, out } = await run('--help')
    expect(code).to.equal(0)
    expect(out).to.include('--latency-ms').and.include('Example:')
  })

  it('says what is wrong in one line', async () => {
    const { code, err } = await run('--port', 'x')
    expect(code).to.equal(1)
    expect(err).to.include('whole number').and.not.include('    at ')
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const busy = await run('--port', String(port)).finally(() => taken.close())
    expect(busy).to.deep.equal({
      code: 1,
      out: '',
      err: `github-sim: port ${port} is in use; choose another with --port\n`
    })
  })
})
