import type { Server, Socket } from 'node:net'
import type { CreateListenerOptions, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import { type TCPOptions, tcp } from '@libp2p/tcp'
import { type WebSocketsInit, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { WebSocket, type WebSocketServer } from 'ws'
import type { WaitingRoom } from '../../libp2p/waiting-room.ts'
import { gatherWrites } from './gather-writes.ts'

export { maxDescriptors } from './descriptors.ts'

/** What the ports of one libp2p node take; see `portLimits`. */
export interface SocketBounds {
  room: WaitingRoom
  /** Sockets that one port holds at once, whatever has become of them. */
  maxSockets: number
  /** Where a connection comes from, as bounds count it; undefined for a reverse proxy, from which everybody comes. */
  hostOf(address: string): string | undefined
  webSocketMessageBytes: number
  webSocketCloseMs: number
  /** Called with each socket, once it is connected. */
  watch?(socket: Socket): void
}

type Factory = (
  components: Parameters<ReturnType<typeof tcp>>[0] & Parameters<ReturnType<typeof webSockets>>[0]
) => Transport

/** libp2p's TCP; handshakes wait in the room. */
export function boundedTcp(bounds: SocketBounds, options: TCPOptions = {}): Factory {
  return (components) => {
    const transport = tcp({ ...options, maxConnections: bounds.maxSockets })(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (how) => {
      const listener = createListener(inRoom(how, bounds))
      const { server } = listener as unknown as { server: Server }
      server.prependListener('connection', (socket: Socket) => {
        ignoreErrors(socket)
        gatherWrites(socket)
        bounds.watch?.(socket)
      })
      return listener
    }
    const inside = transport as InsideTcp
    const connect = inside._connect.bind(inside)
    inside._connect = async (...how) => {
      const socket = gatherWrites(await connect(...how))
      bounds.watch?.(socket)
      return socket
    }
    return transport
  }
}

/** What is used of the transport beyond its interface (tcp 11.0). */
interface InsideTcp extends Transport {
  _connect(...how: unknown[]): Promise<Socket>
}

/** What is used of the transport and its listener beyond their interface (websockets 10.1). */
interface Inside extends Transport {
  _connect(address: Multiaddr, options: { signal?: AbortSignal }): Promise<WebSocket>
}
interface InsideListener {
  server: Server
  wsServer: WebSocketServer
  onWsServerConnection(socket: WebSocket, request: unknown): void
  onUpgrade(request: { socket: Socket }, ...rest: unknown[]): void
  close(): Promise<void>
}

/**
 * libp2p's WebSockets, with what its listener leaves out (websockets 10.1): it hears no `error` of a socket, so one wrong
 * frame ends the process; it takes messages of 100 MiB; and a connection that stays silent it neither closes nor counts.
 * Dialling is done by `ws` as well, whose bounds can be set.
 */
export function boundedWebSockets(bounds: SocketBounds, init: WebSocketsInit = {}): Factory {
  return (components) => {
    const transport = webSockets(init)(components) as Inside
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (how) => {
      const listener = createListener(inRoom(how, bounds))
      guardListener(listener as unknown as InsideListener, bounds)
      return listener
    }
    transport._connect = (address, options) => connect(multiaddrToUri(address), bounds, options.signal)
    return transport
  }
}

/** The same options of a listener, but what it hands over to be upgraded waits in the room until that is done. */
function inRoom(options: CreateListenerOptions, { room, hostOf: host }: SocketBounds): CreateListenerOptions {
  const { upgrader } = options
  const upgradeInbound: Upgrader['upgradeInbound'] = async (connection, how) => {
    const leave = room.enter(addressOf(connection, host), (reason) => connection.abort(reason))
    try {
      return await upgrader.upgradeInbound(connection, how)
    } finally {
      leave()
    }
  }
  return { ...options, upgrader: Object.create(upgrader, { upgradeInbound: { value: upgradeInbound } }) }
}

function addressOf({ remoteAddr }: MultiaddrConnection, host: SocketBounds['hostOf']): string | undefined {
  const address = /^\/ip[46]\/([^/]+)/.exec(String(remoteAddr))?.[1]
  return address === undefined ? undefined : host(address)
}

const ignoreErrors = (socket: Socket) => void socket.on('error', () => {})
// The same for a TCP socket and the TLS socket around it.
const nameOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`

function guardListener(listener: InsideListener, bounds: SocketBounds): void {
  const { server, wsServer } = listener
  // From its first byte on until it speaks WebSocket; from then on it waits to be upgraded.
  const arriving = new Map<string, () => void>()
  const accepted = new Set<Socket>()
  server.maxConnections = bounds.maxSockets
  server.prependListener('connection', (socket: Socket) => {
    ignoreErrors(socket)
    bounds.watch?.(socket)
    const leave = bounds.room.enter(bounds.hostOf(socket.remoteAddress ?? ''), () => socket.destroy())
    const name = nameOf(socket)
    arriving.set(name, leave)
    accepted.add(socket)
    socket.once('close', () => {
      leave()
      arriving.delete(name)
      accepted.delete(socket)
    })
  })

  Object.assign(wsServer.options, bounded(bounds))
  const upgrade = listener.onUpgrade.bind(listener)
  listener.onUpgrade = (request, ...rest) => {
    arriving.get(nameOf(request.socket))?.()
    upgrade(request, ...rest)
  }
  const connected = listener.onWsServerConnection.bind(listener)
  listener.onWsServerConnection = (socket, request) => connected(endingAtOnce(socket), request)
  const close = listener.close.bind(listener)
  listener.close = () => {
    const closing = close()
    // Those that have said nothing yet the listener does not know.
    for (const socket of accepted) socket.destroy()
    return closing
  }
}

/** Ends at the first error, and without waiting for the other side where libp2p resets it, for which 1006 is no code. */
function endingAtOnce(socket: WebSocket): WebSocket {
  const close = socket.close.bind(socket)
  socket.on('error', () => socket.terminate())
  socket.close = (code, reason) => (code === 1006 ? socket.terminate() : close(code, reason))
  return socket
}

/** As the options of `ws` call it; its types lack the second. */
const bounded = ({ webSocketMessageBytes, webSocketCloseMs }: SocketBounds) => ({
  maxPayload: webSocketMessageBytes,
  closeTimeout: webSocketCloseMs
})

function connect(url: string, bounds: SocketBounds, signal: AbortSignal | undefined): Promise<WebSocket> {
  signal?.throwIfAborted()
  const socket = endingAtOnce(new WebSocket(url, { ...bounded(bounds), perMessageDeflate: false }))
  socket.binaryType = 'arraybuffer'
  socket.once('upgrade', (response) => bounds.watch?.(response.socket))
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.terminate()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    socket.once('open', () => resolve(socket)).once('error', reject)
    socket.once('close', () => reject(new Error('the WebSocket was closed before it was open')))
    const settled = () => signal?.removeEventListener('abort', abort)
    socket.once('open', settled).once('close', settled)
  })
}
