import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { createCommands, root } from '../support/commands.ts'
import { clients, has, token } from './world.ts'

const repo = '/repos/octocat/Hello-World'
const date = '2026-11-01'

/** Cloudflare's runtime, which sends no User-Agent, and has neither IndexedDB nor BroadcastChannel. */
describe('workerd', () => {
  const commands = createCommands()
  let github: GitHub
  before(async function () {
    if (!has('workerd')) return this.skip()
    github = await startGitHub({ latencyMs: 100 })
  })
  after(async () => {
    await commands.end()
    await github?.stop()
  })

  /** A worker that answers with what a mesh with these options answers; resolves to its URL. */
  async function serve(options: object): Promise<string> {
    const folder = commands.folder('worker')
    copyFileSync(join(root, 'packages/core/dist/browser/all.js'), join(folder, 'ghmesh.js'))
    const given = JSON.stringify({ apiUrl: github.url, token, ...options })
    writeFileSync(
      join(folder, 'worker.js'),
      `import { createMesh, memoryStore } from './ghmesh.js'
      let mesh
      export default {
        async fetch() {
          try {
            mesh ??= createMesh({ ...${given}, store: memoryStore() })
            const response = await (await mesh).fetch('${github.url + repo}', { headers: { 'user-agent': 'a worker' } })
            const { full_name } = await response.json()
            return Response.json({ status: response.headers.get('cache-status'), full_name })
          } catch ({ code, message }) {
            return Response.json({ code, message })
          }
        }
      }`
    )
    writeFileSync(
      join(folder, 'config.capnp'),
      `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["private", "local"]))],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
      );
      const worker :Workerd.Worker = (
        modules = [
          (name = "worker.js", esModule = embed "worker.js"),
          (name = "./ghmesh.js", esModule = embed "ghmesh.js")
        ],
        compatibilityDate = "${date}"
      );`
    )
    const file = join(clients, 'workerd/node_modules/@cloudflare/workerd-linux-64/bin/workerd')
    const running = commands.start(file, ['serve', join(folder, 'config.capnp'), '--control-fd=1'])
    await running.said(/"event":"listen".*\n/)
    return `http://127.0.0.1:${/"port":(\d+)/.exec(running.printed())?.[1]}`
  }
  const ask = async (url: string) => (await fetch(url)).json() as Promise<{ status: string; full_name: string }>

  it('caches in memory without a secret, also for requests that are under way at the same time', async () => {
    const url = await serve({})
    const together = await Promise.all(Array.from({ length: 5 }, () => ask(url)))
    expect(github.count(/Hello-World$/)).to.equal(1)
    for (const { full_name } of together) expect(full_name).to.equal('octocat/Hello-World')
    expect((await ask(url)).status).to.equal('ghmesh; hit')
  })

  it('cannot be a member', async () => {
    const url = await serve({ secret: createSecret(), relays: [] })
    expect(await ask(url))
      .to.include({ code: 'ERR_RUNTIME' })
      .and.have.property('message')
      .that.includes('leave out')
  })
})
