import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import { libp2pTransport } from 'ghmesh'
import { connected, members } from './members.ts'
import { between } from './nat.ts'

/** A wire to a port of this machine, and all bytes that passed, in both directions. */
async function tap(port: number) {
  const bytes: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      sockets.add(from)
      from.on('data', (piece) => bytes.push(piece)).on('error', () => to.destroy())
      from.pipe(to)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => Buffer.concat(bytes),
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}

describe('somebody who watches the wire between two members', () => {
  const here = members()

  // README: "Without the secret, URLs and bodies"
  // README: "Connections between members are encrypted"
  // README: "An observer of the network"
  it('sees that they speak, and nothing of what they say, not even in which protocol', async () => {
    const a = await here.member()
    const wire = await tap(Number(/\/tcp\/(\d+)\//.exec(a.addresses[0] ?? '')?.[1]))
    try {
      const through = (a.addresses[0] ?? '').replace(/\/tcp\/\d+\//, `/tcp/${wire.port}/`)
      const only = (address: string) => address === through
      const b = await here.member(
        { transport: between(libp2pTransport({ listenPort: 0, forceLocalhost: true }), only) },
        [through]
      )
      await Promise.all([connected(a, b), connected(b, a)])
      const path = '/repos/octocat/hello-world/issues/3'
      await here.share(path, a, b)
      await here.cached(b, path)
      // One that does not fit into an announcement, and has to be asked for.
      const large = '/repos/octocat/hello-world/languages'
      const words = Array.from({ length: 20_000 }, () => crypto.randomUUID())
      here.github.setBody(large, Object.fromEntries(words.map((word, i) => [word, i])))
      await here.share(large, a)
      await here.cached(b, large)

      const seen = wire.bytes()
      expect(seen.byteLength).to.be.above(words.length * 16)
      // How they begin to encrypt is said in clear; whatever is not encrypted would be seen as well.
      for (const plain of ['/multistream/1.0.0', '/noise']) expect(seen.includes(plain), plain).to.equal(true)
      const hidden = ['/ghmesh/', '/meshsub/', '/yamux/', '/ipfs/id', 'octocat', 'ghmesh/1/', 'http', here.secret]
      for (const secret of hidden) expect(seen.includes(secret), secret).to.equal(false)
    } finally {
      wire.close()
    }
  })
})
