import type { Socket } from 'node:net'
import { expect } from 'chai'
import { createMesh, type Mesh, memoryStore, staticPeers } from 'ghmesh'
import { askSocket } from '../../packages/cli/src/proxy/ask-socket.ts'
import { until } from '../flow/members.ts'
import { next } from '../support/events.ts'
import { closed, createTargets, reach, reachWebSocket, type Target } from './targets.ts'

/** More than a process has with this bound. */
const descriptors = 1024
const bounded = ['sh', '-c', `ulimit -n ${descriptors}; exec "$0" "$@"`]

/** Half of what a client may begin with, after which it says no more. */
const beginnings: Record<string, (port: number) => Promise<Socket>> = {
  nothing: reach,
  async 'half a request'(port) {
    const socket = await reach(port)
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    return socket
  },
  async 'half a TLS handshake'(port) {
    const socket = await reach(port)
    socket.write(Uint8Array.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]))
    return socket
  },
  async 'half of multistream-select'(port) {
    const socket = await reach(port)
    socket.write('\x13/multistream/')
    return socket
  }
}

describe('connections that stay silent', () => {
  const targets = createTargets()
  const open: Socket[] = []
  const members: Mesh[] = []
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy()
    await Promise.all(members.splice(0).map((mesh) => mesh.stop()))
  })

  const here = () => ({
    secret: targets.secret,
    apiUrl: targets.github.url,
    store: memoryStore(),
    listenPort: 0,
    forceLocalhost: true,
    mdns: false
  })

  async function comes(address: string): Promise<Mesh> {
    const mesh = await createMesh({ ...here(), token: 'sim-token-bob', discovery: [staticPeers([address])] })
    members.push(mesh)
    if (mesh.peers().length === 0) await next(mesh, 'peer:connect')
    return mesh
  }

  /** As many as there are descriptors, at every port; those that are not let in count as well. */
  async function occupy({ ports }: Target): Promise<void> {
    const ways = Object.values(beginnings)
    for (const { port } of ports) {
      for (let i = 0; i < descriptors + 100; i++)
        open.push(await (ways[i % ways.length] as (typeof ways)[number])(port))
    }
  }

  it('leave a member able to answer its own calls, and open to honest members [long]', async () => {
    const member = await targets.member({}, bounded)
    await occupy(member)
    for (let i = 0; i < 12; i++) await member.works()
    await comes(member.addresses.find((address) => !address.includes('/ws/')) as string)
    await comes(member.addresses.find((address) => address.includes('/ws/')) as string)
  })

  it('leave a relay able to say how it is, and open to members', async () => {
    const relay = await targets.relay([], bounded)
    await occupy(relay)
    await relay.works()
    const mesh = await createMesh({ ...here(), relays: relay.addresses })
    members.push(mesh)
    while (!mesh.relays().some(({ state }) => state === 'reserved')) await new Promise((done) => setTimeout(done, 50))
    await relay.works()
  })

  it("leave a proxy's socket open, which only its owner can reach", async () => {
    const proxy = await targets.proxy(bounded)
    for (const { port } of proxy.ports) for (let i = 0; i < descriptors + 100; i++) open.push(await reach(port))
    for (let i = 0; i < 12; i++) {
      const path = `/repos/octocat/hello-world/issues/${i + 1}`
      const { status } = await askSocket(proxy.socket as string, { path, patienceMs: 60_000 })
      expect(status).to.equal(200)
    }
  })

  // docs/gh.md: "another user of the machine cannot keep the owner of the socket waiting"
  it("leave the proxy's socket a way to GitHub, though each has begun a request that it never ends", async () => {
    const proxy = await targets.proxy()
    // As GitHub's front end does, which reads requests whole.
    const uploads = targets.github.hold(({ method }) => method === 'POST')
    for (const { port } of proxy.ports)
      for (let n = 0; n < 120; n++) {
        const socket = await reach(port)
        const lines = ['POST /repos/octocat/hello-world/issues HTTP/1.1', `Host: 127.0.0.1:${port}`]
        const token = `Authorization: Bearer invented-${n}`
        socket.write([...lines, token, 'Transfer-Encoding: chunked', '', '1', '{', ''].join('\r\n'))
        open.push(socket)
      }
    await until(() => uploads.waiting >= 64, 'as many have reached GitHub as may')
    // What costs nothing: the others have used up the quota of those without a token.
    for (let n = 1; n <= 3; n++)
      expect(await askSocket(proxy.socket as string, { path: '/rate_limit' })).to.include({ status: 200 })
    expect(uploads.waiting).to.equal(64)
    uploads.release()
  })

  it('are closed, whatever they began with [long]', async () => {
    for (const target of [await targets.member(), await targets.relay()]) {
      for (const { port } of target.ports.filter(({ kind }) => kind !== 'http')) {
        for (const begin of Object.values(beginnings)) open.push(await begin(port))
      }
      for (const { port } of target.ports.filter(({ kind }) => kind === 'websocket')) {
        const socket = await reachWebSocket(port)
        socket.write(Uint8Array.from([0x82, 0xfe, 0x40, 0x00, 0, 0, 0, 0, 1]))
        open.push(socket)
      }
    }
    await Promise.all(open.map(closed))
  })

  it('keep no stopped member waiting', async () => {
    const mesh = await createMesh({ ...here(), discovery: [] })
    for (const address of mesh.addresses) {
      const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
      for (const begin of Object.values(beginnings)) open.push(await begin(port))
    }
    await mesh.stop()
    await Promise.all(open.map(closed))
    expect(mesh.peers()).to.deep.equal([])
  })
})
