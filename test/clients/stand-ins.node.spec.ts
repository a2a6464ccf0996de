import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'
import { clients, has } from './world.ts'

const answer = `[{ id: 1 }]`
const headers = `{ 'cache-control': 'private, max-age=60', 'content-type': 'application/json' }`

/** What tests put in GitHub's place, and whether it has to be told to the mesh (docs/clients.md). */
const standIns = {
  MSW: {
    isBelowFetch: false,
    start: `const { setupServer } = await import('msw/node')
      const { http, HttpResponse } = await import('msw')
      const handler = () => HttpResponse.json(${answer}, { headers: ${headers} })
      setupServer(http.get(url, handler)).listen({ onUnhandledRequest: 'error' })`
  },
  nock: {
    isBelowFetch: true,
    start: `const { default: nock } = await import('nock')
      nock.disableNetConnect()
      nock(new URL(url).origin).get(new URL(url).pathname).reply(200, ${answer}, ${headers})`
  },
  'undici’s MockAgent': {
    isBelowFetch: true,
    start: `const { MockAgent, setGlobalDispatcher } = await import('undici')
      const agent = new MockAgent()
      agent.disableNetConnect()
      setGlobalDispatcher(agent)
      agent.get(new URL(url).origin).intercept({ path: new URL(url).pathname }).reply(200, ${answer}, { headers: ${headers} })`
  }
}

describe('what tests put in GitHub’s place', () => {
  const commands = createCommands()
  before(function () {
    if (!has('node')) this.skip()
  })
  after(() => commands.end())

  /** Asks twice: from where what a mesh gets comes. */
  async function ask(start: string, options: string): Promise<string> {
    const file = join(clients, 'node/stand-in.mjs')
    const ghmesh = pathToFileURL(join(root, 'packages/core/dist/index.js'))
    writeFileSync(
      file,
      `import { createMesh } from '${ghmesh}'
       // Nobody listens there: what is not answered in the process is refused.
       const url = 'http://127.0.0.1:2/repos/octocat/hello-world/issues'
       ${start}
       const mesh = await createMesh({ apiUrl: 'http://127.0.0.1:2', ${options} })
       for (const _ of [1, 2]) {
         const response = await mesh.fetch(url).catch(({ name }) => console.log(name))
         if (response) console.log(response.headers.get('cache-status'), await response.text())
       }
       process.exit()`
    )
    const { stdout, stderr, code } = await commands.start(process.execPath, [file], {
      CACHE_DIR: commands.folder('cache')
    }).ended
    expect(code, stderr).to.equal(0)
    return stdout
  }

  const answered = 'ghmesh; fwd=uri-miss; fwd-status=200; stored [{"id":1}]\nghmesh; hit [{"id":1}]\n'

  for (const [name, { start, isBelowFetch }] of Object.entries(standIns)) {
    it(`${name}: answers a mesh that is given the fetch of the moment`, async () =>
      expect(await ask(start, 'fetch: (...args) => fetch(...args)')).to.equal(answered))

    it(`${name}: ${isBelowFetch ? 'and one that is not' : 'is not asked by one that is not'}`, async () =>
      expect(await ask(start, '')).to.equal(isBelowFetch ? answered : 'TypeError\nTypeError\n'))
  }
})
