import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'

const ghmesh = JSON.stringify(pathToFileURL(join(root, 'packages/core/dist/index.js')).href)

// Any timer that were left behind would keep the process for an hour: then this test runs out of time.
const limits = `{
  recheckMs: [3_600_000], abandonedMs: 3_600_000, backgroundMs: 3_600_000, membersBudgetMs: 3_600_000, hedgeMs: 3_600_000,
  storeAnswerMs: 3_600_000
}`

describe('a script that does not stop its mesh', () => {
  const commands = createCommands()
  let github: GitHub
  before(async () => {
    github = await startGitHub()
  })
  after(async () => {
    await commands.end()
    await github?.stop()
  })

  function run(code: string) {
    const file = join(commands.folder('script'), 'script.mjs')
    writeFileSync(file, `import { createMesh, createSecret } from ${ghmesh}\nconst limits = ${limits}\n${code}`)
    const env = { GITHUB_API_URL: github.url, CACHE_DIR: commands.folder('cache'), GH_TOKEN: 'sim-token-alice' }
    return commands.start(process.execPath, [file], env).ended
  }

  const issue = 'process.env.GITHUB_API_URL + "/repos/octocat/hello-world/issues/1"'
  // README: "Without a secret, the mesh does not keep"
  for (const [what, code] of [
    ['made it', ''],
    ['read an answer', 'await (await mesh.fetch(url)).json()'],
    ['left an answer unread', 'await mesh.fetch(url)'],
    ['had a stale answer confirmed', 'await mesh.fetch(url); await mesh.fetch(url, { cache: "no-cache" })'],
    ['gave up a request', 'await mesh.fetch(url, { signal: AbortSignal.abort() }).catch(() => {})'],
    ['wrote', 'await mesh.fetch(url); await mesh.fetch(url, { method: "PATCH", body: `{"title":"new"}` })'],
    ['kept a value', 'await mesh.set("name", 1); await mesh.get("name")'],
    ['purged and cleared', 'await mesh.fetch(url); await mesh.purge("octocat/hello-world"); await mesh.clear()']
  ] as const) {
    it(`ends all the same, without a secret, after it ${what}`, async () => {
      const { code: exit, stderr } = await run(
        `const mesh = await createMesh({ limits })\nconst url = ${issue}\n${code}\nconsole.log('done')`
      )
      expect([exit, stderr]).to.deep.equal([0, ''])
    })
  }

  // README: "If your Node or compiler supports"
  it('ends with a secret where it declared the mesh with `await using`', async () => {
    const { code, stdout, stderr } = await run(`
      async function use() {
        await using mesh = await createMesh({ limits, secret: createSecret(), listenPort: 0, forceLocalhost: true })
        return (await mesh.fetch(${issue})).status
      }
      console.log(await use())`)
    expect([code, stdout, stderr]).to.deep.equal([0, '200\n', ''])
  })

  // README: "With a secret it listens for other members,"
  it('does not end with a secret before it stops the mesh, for others may come', async () => {
    const file = join(commands.folder('script'), 'script.mjs')
    writeFileSync(
      file,
      `import { createMesh, createSecret } from ${ghmesh}
       const mesh = await createMesh({ secret: createSecret(), listenPort: 0, forceLocalhost: true })
       process.once('beforeExit', () => console.log('ends by itself'))
       process.once('SIGTERM', async () => { console.log('asked to'); await mesh.stop() })
       console.log('listening')`
    )
    const env = { GITHUB_API_URL: github.url, CACHE_DIR: commands.folder('cache') }
    const script = commands.start(process.execPath, [file], env)
    await script.said(/listening/)
    script.child.kill('SIGTERM')
    const { code, stdout } = await script.ended
    expect([code, stdout]).to.deep.equal([0, 'listening\nasked to\nends by itself\n'])
  })
})
