import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A web-test-runner plugin: a Node member that holds one answer of a simulated GitHub, for pages to join. */
export function member({ path = '/__member.json', entry = '/repos/octocat/hello-world/issues/1' } = {}) {
  // Of a repository that no test writes to or purges.
  const untouched = '/repos/octo-org/website/issues/1'
  const onShelf = '/repos/octo-org/website/issues/2'
  let told
  let stop
  return {
    name: 'member',
    async serverStart() {
      const { startGitHub } = await import('@ghmesh/github-sim')
      const { createRelay } = await import('@ghmesh/relay')
      const { createMesh, createSecret, memoryStore } = await import('ghmesh')
      const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-wtr-'))
      const github = await startGitHub({ secondaryLimits: false })
      const secret = createSecret()
      const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0 })
      await relay.start()
      const node = (relays) =>
        createMesh({
          secret,
          apiUrl: github.url,
          token: 'sim-token-alice',
          name: 'node',
          cacheDir,
          store: memoryStore(),
          discovery: [],
          relays,
          listenPort: 0,
          forceLocalhost: true,
          ttlMs: 3_600_000,
          limits: { stopMs: 30_000 }
        })
      // One that has left something at a relay of its own, and gone.
      const shelf = createRelay({
        host: '127.0.0.1',
        tcpPort: 0,
        webSocketPort: 0,
        shelf: { directory: join(cacheDir, 'shelf'), bytes: 16_000_000 }
      })
      await shelf.start()
      const gone = await node(shelf.addresses)
      for (const path of [entry, onShelf]) await (await gone.fetch(github.url + path)).arrayBuffer()
      await gone.stop()
      const mesh = await node(relay.addresses)
      const announced = new Promise((resolve) =>
        mesh.addEventListener('announced', ({ detail }) => detail.url.endsWith(entry) && resolve())
      )
      // They say that they are public.
      for (const name of ['octocat/hello-world', 'octo-org/website']) await mesh.fetch(`${github.url}/repos/${name}`)
      const response = await mesh.fetch(github.url + entry)
      const untouchedBody = await (await mesh.fetch(github.url + untouched)).json()
      await announced
      told = JSON.stringify({
        address: mesh.addresses.find((address) => address.includes('/ws/')),
        relay: relay.addresses.find((address) => address.includes('/ws/')),
        shelf: shelf.addresses.find((address) => address.includes('/ws/')),
        secret,
        apiUrl: github.url,
        url: github.url + entry,
        untouched: github.url + untouched,
        untouchedBody,
        onShelf: github.url + onShelf,
        body: await response.json()
      })
      stop = async () => {
        await mesh.stop()
        await relay.stop()
        await shelf.stop()
        await github.stop()
        rmSync(cacheDir, { recursive: true, force: true })
      }
    },
    serve: (context) => (context.path === path ? { body: told, type: 'json' } : undefined),
    serverStop: () => stop?.()
  }
}
