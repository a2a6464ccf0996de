import type { Socket } from 'node:net'

/** Whatever is written to a socket in one turn of the thread goes to the system in one call. Returns the same socket. */
export function gatherWrites(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...what: unknown[]) => boolean
  socket.write = (...what: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...what)
  }
  return socket
}
