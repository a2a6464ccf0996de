import type { Transport } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { type AbortOptions, abortable } from '../../abort.ts'

/** What is used of the transport beyond its interface (websockets 10.1). */
interface Inside extends Transport {
  _connect(address: Multiaddr, options: AbortOptions): Promise<WebSocket>
}

/** So long a socket that nobody wants any more may take to open. */
const openingMs = 2000

/** libp2p's WebSockets, with what they leave out (websockets 10.1): a dial that is given up leaves its socket to open later. */
export const endingWebSockets: typeof webSockets = (init) => (components) => {
  const transport = webSockets(init)(components) as Inside
  transport._connect = connect
  return transport
}

async function connect(address: Multiaddr, { signal }: AbortOptions): Promise<WebSocket> {
  signal?.throwIfAborted()
  const socket = endingWhenReset(new WebSocket(multiaddrToUri(address)))
  socket.binaryType = 'arraybuffer'
  const opened = new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error('the WebSocket could not be opened'))
  })
  try {
    await abortable(opened, signal)
    return socket
  } catch (error) {
    letGo(socket)
    throw error
  }
}

/**
 * Of a socket that is closed before it is open browsers log an error, and most are open soon. One that is not keeps others to the
 * same host waiting (RFC 6455, section 4.1).
 */
function letGo(socket: WebSocket): void {
  socket.onopen = () => socket.close()
  setTimeout(() => socket.close(), openingMs)
}

/** libp2p resets with 1006, which is no code to close with (WebSockets Standard, section 3.1, `close`): nothing would be closed. */
function endingWhenReset(socket: WebSocket): WebSocket {
  const close = socket.close.bind(socket)
  socket.close = (code, reason) => (code === 1006 ? close() : close(code, reason))
  return socket
}
