import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { repo, scene, until } from './members.ts'

const issues = `${repo}/issues`

describe('stop', () => {
  const s = scene()

  it('can be called twice; every later call rejects with ERR_STOPPED', async () => {
    const a = await s.member()
    await Promise.all([a.mesh.stop(), a.mesh.stop()])
    await a.mesh.stop()
    await a.mesh[Symbol.asyncDispose]()
    const calls = [
      () => a.ask(issues),
      () => a.mesh.fetch('https://example.com'),
      () => a.peek(issues),
      () => a.mesh.get('name'),
      () => a.mesh.set('name', 1),
      () => a.mesh.delete('name'),
      () => a.mesh.purge('octocat/hello-world'),
      () => a.mesh.clear()
    ]
    for (const call of calls) {
      const error = await call().catch((reason: Error) => reason)
      expect(error, String(call)).to.include({ name: 'MeshError', code: 'ERR_STOPPED' })
    }
    expect(a.mesh.peers()).to.deep.equal([])
  })

  it('callers under way still get their answer, and nothing is complained of', async () => {
    const a = await s.member()
    const hold = s.github.hold(issues)
    const asked = a.ask(issues)
    await hold.arrived
    const stopping = a.mesh.stop()
    setImmediate(() => hold.release())
    expect((await asked).status).to.equal(200)
    await stopping
    expect(a.warnings).to.deep.equal([])
  })

  it('waits until the others have what was said last: what a connection brings just before it closes can be lost', async () => {
    const [, { mesh, transport }] = await s.two()
    const done: string[] = []
    const { publish, request, stop } = transport
    const noted =
      <A extends unknown[], R>(name: string, work: (...how: A) => R) =>
      (...how: A) => {
        done.push(name)
        return work(...how)
      }
    Object.assign(transport, {
      publish: noted('told', publish),
      request: noted('asked', request),
      stop: noted('stopped', stop)
    })
    await mesh.purge('octocat/hello-world')
    await mesh.stop()
    expect(done.slice(-3)).to.deep.equal(['told', 'asked', 'stopped'])
  })

  it('the others see that a member left', async () => {
    const [a, b] = await s.two()
    await until(() => a.mesh.stats().knownPeers === 1)
    await b.mesh.stop()
    expect(a.mesh.peers()).to.deep.equal([])
    // Not only after the two and a half minutes in which one may be silent.
    await until(() => a.mesh.stats().knownPeers === 0)
    expect((await a.ask(issues)).status).to.equal(200)
  })

  it('nothing keeps the process alive afterwards', async () => {
    const script = `
      import { createMesh, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
      const hub = memoryHub()
      const options = { apiUrl: '${s.github.url}', token: 'sim-token-alice', discovery: [], cacheDir: process.env.DIR }
      const make = () => createMesh({ ...options, secret: 'a secret of nobody at all', store: memoryStore(), transport: memoryTransport(hub) })
      const [a, b] = await Promise.all([make(), make()])
      await (await a.fetch('${s.github.url}${issues}')).text()
      await a.fetch('${s.github.url}${issues}', { method: 'POST', body: '{"title":"x"}' })
      await a.set('name', 1)
      await Promise.all([a.stop(), b.stop()])
      console.log('stopped')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { ...process.env, DIR: mkdtempSync(join(tmpdir(), 'ghmesh-flow-')) },
      timeout: 15_000
    })
    expect(stdout).to.equal('stopped\n')
  })
})
