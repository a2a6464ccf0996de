import type { Socket } from 'node:net'

/**
 * Whatever is written to a socket in one turn of the thread goes to the system in one call, before the socket is destroyed if
 * that is in the same turn. Returns the same socket.
 */
export function gatherWrites(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...what: unknown[]) => boolean
  const destroy = socket.destroy.bind(socket)
  const resetAndDestroy = socket.resetAndDestroy.bind(socket)
  const flush = () => socket.uncork()
  socket.write = (...what: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(flush)
    }
    return write(...what)
  }
  socket.destroy = (error) => {
    flush()
    return destroy(error)
  }
  socket.resetAndDestroy = () => {
    flush()
    return resetAndDestroy()
  }
  return socket
}
