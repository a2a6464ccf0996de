import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { ConnectionGater } from '@libp2p/interface'
import { expect } from 'chai'
import { type WebSocket, WebSocketServer } from 'ws'
import { createLibp2pTransport } from '../src/libp2p/libp2p.ts'
import { endingWebSockets } from '../src/platform/browser/web-sockets.ts'
import { libp2pTransport } from '../src/platform/node/node.ts'
import type { Transport } from '../src/transport/transport.ts'

const other = '12D3KooWQ3ukd7JT9nJxvH15YqWe8jjvKCqUBhL5Ad5QQy1R7noj'

/** Those of pages, which Node has too. */
const ofPages = (gater?: ConnectionGater) =>
  createLibp2pTransport({
    transports: [endingWebSockets()],
    gater,
    listen: async (attempt) => (attempt === 0 ? { listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: [] } : undefined)
  })
const ofNode = () => libp2pTransport({ listenPort: 0, forceLocalhost: true })

describe('a connection that is given up while it is being made', () => {
  const ends: (() => unknown)[] = []
  afterEach(() => Promise.all(ends.splice(0).map((end) => end())))

  async function start<T extends Transport>(transport: T) {
    const heard: string[] = []
    const waiting: (() => void)[] = []
    const note = (what: string) => {
      heard.push(what)
      for (const look of waiting.splice(0)) look()
    }
    ends.push(() => transport.stop())
    await transport.start(['topic'], {
      message: async () => 'ignore',
      async *request() {},
      connect: ({ id }) => note(`${id} came`),
      disconnect: ({ id }) => note(`${id} went`)
    })
    const until = async (what: string) => {
      while (!heard.includes(what)) await new Promise<void>((resolve) => waiting.push(resolve))
    }
    return { transport, until }
  }

  async function listening(server: Server | WebSocketServer): Promise<string> {
    if (!server.address()) await once(server, 'listening')
    return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}/ws/p2p/${other}`
  }

  /** Holds a connection where all is agreed on and it is about to count as one. */
  function hold() {
    let reached = () => {}
    let release = () => {}
    const isReached = new Promise<void>((resolve) => {
      reached = resolve
    })
    const held = new Promise<boolean>((resolve) => {
      release = () => resolve(false)
    })
    const deny = () => {
      reached()
      return held
    }
    return { isReached, deny, release: () => release() }
  }

  it('ends where the member stops: the other side does not go on taking it for connected', async () => {
    const { isReached, deny, release } = hold()
    const [there, here] = [await start(ofPages()), await start(ofPages({ denyOutboundUpgradedConnection: deny }))]
    const { peerId } = here.transport
    const dialled = here.transport.dial(there.transport.addresses[0] as string).catch((error: unknown) => error)
    await isReached
    await there.until(`${peerId} came`)
    await here.transport.stop()
    release()
    await there.until(`${peerId} went`)
    expect(await dialled).to.have.property('code', 'ERR_TRANSPORT')
    expect(there.transport.peers()).to.deep.equal([])
  })

  for (const [where, make] of [
    ['a page', ofPages],
    ['Node', ofNode]
  ] as const) {
    it(`from ${where}: ends with its dial, where the other side says nothing`, async () => {
      const { transport } = await start(make())
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
      ends.push(() => {
        for (const client of server.clients) client.terminate()
        server.close()
      })
      const address = await listening(server)
      const given = new AbortController()
      const dialled = transport.dial(address, { signal: given.signal }).catch((error: unknown) => error)
      const [socket] = (await once(server, 'connection')) as [WebSocket]
      const closed = once(socket, 'close')
      await once(socket, 'message')
      given.abort()
      await closed
      expect(await dialled).to.have.property('code', 'ERR_TRANSPORT')
    })

    it(`from ${where}: ends soon after its dial, where the WebSocket does not open`, async () => {
      const { transport } = await start(make())
      const server = createTcpServer()
      ends.push(() => server.close())
      server.listen(0, '127.0.0.1')
      const address = await listening(server)
      const given = new AbortController()
      const dialled = transport.dial(address, { signal: given.signal }).catch((error: unknown) => error)
      const [socket] = (await once(server, 'connection')) as [Socket]
      const closed = once(
        socket.on('error', () => {}),
        'close'
      )
      await once(socket, 'data')
      given.abort()
      expect(await dialled).to.have.property('code', 'ERR_TRANSPORT')
      await closed
    })
  }

  // Chromium logs an error otherwise, as in each second mount of React.
  it('from a page: ends once the WebSocket is open', async () => {
    const { transport } = await start(ofPages())
    const server = createServer()
    const webSockets = new WebSocketServer({ noServer: true })
    ends.push(() => server.close())
    server.listen(0, '127.0.0.1')
    const address = await listening(server)
    const given = new AbortController()
    const dialled = transport.dial(address, { signal: given.signal }).catch((error: unknown) => error)
    const [request, socket, head] = (await once(server, 'upgrade')) as [IncomingMessage, Socket, Buffer]
    given.abort()
    expect(await dialled).to.have.property('code', 'ERR_TRANSPORT')
    expect(socket.readable).to.equal(true)
    const opened = new Promise<WebSocket>((resolve) => webSockets.handleUpgrade(request, socket, head, resolve))
    await once(await opened, 'close')
  })
})
