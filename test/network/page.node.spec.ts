import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRelay, type Relay } from '@ghmesh/relay'
import { expect } from 'chai'
import { createSecret, type Mesh, type MeshOptions } from 'ghmesh'
import { type Browser, chromium, type Page } from 'playwright-core'
import { ensureBrowser } from '../../scripts/browser.mjs'
import { type Running, root } from '../support/commands.ts'
import type { Nat } from './lab.ts'
import { startStun } from './stun.ts'
import { world } from './world.ts'

const url = '/repos/octocat/hello-world/languages'
// One of so many answers is looked at again, by a call of GitHub that is free; here it would be counted.
const noAudit = { auditOneIn: 1e9 }

const worlds: { nats: [Nat, Nat]; path: 'direct' | 'relayed'; transport: string }[] = [
  { nats: ['symmetric', 'symmetric'], path: 'relayed', transport: 'websocket' },
  { nats: ['port-preserving', 'port-preserving'], path: 'direct', transport: 'webrtc' }
]

for (const { nats, path, transport } of worlds) {
  describe(`a page behind a ${nats[0]} NAT, and a member behind another`, () => {
    const secret = createSecret()
    const here = world(['nat-a', 'nat-b'])
    const running: Running[] = []
    let relay: Relay
    let stun: Awaited<ReturnType<typeof startStun>>
    let browser: Browser
    let page: Page

    const script = (name: string) => join(root, 'test/network/machines', name)
    const options = (name: string): MeshOptions => ({
      secret,
      name,
      relays: relay.addresses,
      iceServers: [{ urls: stun.url }],
      apiUrl: here.github.url
    })

    before(async () => {
      const { lab } = here
      lab.behind('nat-a', nats[0], ['a'])
      lab.behind('nat-b', nats[1], ['b'])
      stun = await startStun(lab.hub)
      relay = createRelay({ host: lab.hub })
      await relay.start()

      const server = lab.start('a', process.execPath, [script('page-server.mjs')])
      running.push(server)
      let printed = ''
      server.child.stdout?.on('data', (text: string) => (printed += text))
      await server.said(/http:\S+\n/)
      const command = join(lab.folder('browser'), 'chromium')
      writeFileSync(command, `#!/bin/sh\nexec ip netns exec a '${ensureBrowser()}' "$@"\n`)
      chmodSync(command, 0o755)
      browser = await chromium.launch({ executablePath: command, args: ['--no-sandbox'] })
      page = await browser.newPage()
      await page.goto(printed.trim())

      const member = { ...options('node'), mdns: false, token: 'sim-token-alice', ttlMs: 3_600_000 }
      const node = lab.start('b', process.execPath, [script('member.mjs'), JSON.stringify(member)])
      running.push(node)
      await node.said(/"type":"ready"/)
      node.child.stdin?.write(`${JSON.stringify(['fetch', here.github.url + url])}\n`)
      await node.said(/"command":"fetch"/)
    })
    after(async () => {
      await browser?.close()
      for (const { child } of running) child.kill('SIGTERM')
      await Promise.all(running.map(({ ended }) => ended))
      await relay?.stop()
      stun?.stop()
    })

    it(`meet at the relay, share, and end up ${path}`, async () => {
      here.github.clearCalls()
      const seen = await page.evaluate(
        async ({ options, url, path }: { options: string; url: string; path: string }) => {
          const { createMesh }: typeof import('ghmesh') = await import(`${location.origin}/ghmesh.js`)
          const mesh: Mesh = await createMesh({ ...JSON.parse(options), allowPrivateAddresses: true, ttlMs: 3_600_000 })
          const peer = () => mesh.peers().find(({ name }) => name === 'node')
          while (!peer()) await new Promise((resolve) => setTimeout(resolve, 50))
          const first = await mesh.fetch(url)
          while (peer()?.path !== path) await new Promise((resolve) => setTimeout(resolve, 50))
          await mesh.set('from a page', 'hello')
          return {
            cacheStatus: first.headers.get('cache-status'),
            peer: peer(),
            value: await mesh.get<string>('from a page')
          }
        },
        {
          options: JSON.stringify({ ...options('page'), token: 'sim-token-bob', limits: noAudit }),
          url: here.github.url + url,
          path
        }
      )
      expect(seen).to.deep.include({ cacheStatus: 'ghmesh; hit; detail=peer', value: 'hello' })
      expect(seen.peer).to.include({ name: 'node', path, transport })
      expect(here.github.count(url)).to.equal(0)
      await running[1]?.said(/"type":"received".*"url":"from a page"|"url":"from a page".*"type":"received"/)
    })
  })
}
