import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { createRelay, type RelayOptions } from '@ghmesh/relay'
import { createMesh, createSecret, libp2pTransport, type Mesh, memoryStore, type Transport } from 'ghmesh'
import { next } from '../support/events.ts'

/** What a page has to know to join, as it stands in its address. */
interface Given {
  secret: string
  apiUrl: string
  /** By WebSocket, or else by WebRTC-direct. */
  relay: string
  /** The Node member's own address, by WebSocket. */
  address: string
  /** What the Node member has an answer for. */
  url: string
}

export interface Beside {
  github: GitHub
  member: Mesh
  given: Given
  stop(): Promise<void>
}

/** The transport of a member that others cannot dial, as behind a NAT: it tells nobody of its own ports. */
const hidden = (transport: Transport) =>
  new Proxy(transport, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name === 'addresses') return target.addresses.filter((address) => address.includes('/p2p-circuit'))
      return typeof value === 'function' ? value.bind(target) : value
    }
  })

const path = '/repos/octocat/hello-world/issues/1'

/** A simulated GitHub, a relay, and a Node member that holds one answer which it has told to others. */
export async function startBeside({
  behindNat = false,
  relayOptions = { webSocketPort: 0 }
}: {
  behindNat?: boolean
  relayOptions?: RelayOptions
} = {}): Promise<Beside> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-embedding-'))
  const github = await startGitHub({ secondaryLimits: false })
  const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 'off', ...relayOptions })
  await relay.start()
  const secret = createSecret()
  const overTcp = relay.addresses.filter((address) => /\/tcp\/\d+\/p2p\//.test(address))
  const where = { relays: overTcp, listenPort: 0, forceLocalhost: true }
  const member = await createMesh({
    ...where,
    ...(behindNat && { transport: hidden(libp2pTransport(where)) }),
    secret,
    apiUrl: github.url,
    token: 'sim-token-alice',
    name: 'node',
    cacheDir,
    store: memoryStore(),
    discovery: [],
    ttlMs: 3_600_000,
    limits: { auditOneIn: 1e9 } // else GitHub is asked again now and then
  })
  const forPages = (addresses: string[]) =>
    addresses.find((address) => /\/ws\/|\/webrtc-direct\//.test(address)) as string
  const url = github.url + path
  const announced = next(member, 'announced', (detail) => detail.url === url)
  await member.fetch(`${github.url}/repos/octocat/hello-world`) // says that it is public
  await member.fetch(url)
  await announced
  github.clearCalls()
  return {
    github,
    member,
    given: { secret, apiUrl: github.url, relay: forPages(relay.addresses), address: forPages(member.addresses), url },
    async stop() {
      await member.stop()
      await relay.stop()
      await github.stop()
      rmSync(cacheDir, { recursive: true, force: true })
    }
  }
}
