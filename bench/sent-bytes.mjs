import { channel } from 'node:diagnostics_channel'

/** Counts what this process writes to its sockets, from now on. */
export function countSent() {
  const sockets = new Set()
  let gone = 0
  let leftOut
  const by = ({ bytesWritten, remotePort }) => (remotePort === leftOut ? 0 : bytesWritten)
  for (const name of ['net.client.socket', 'net.server.socket'])
    channel(name).subscribe(({ socket }) => {
      sockets.add(socket)
      socket.once('close', () => {
        if (sockets.delete(socket)) gone += by(socket)
      })
    })
  return {
    /** What goes to this port does not count. */
    leaveOut(port) {
      leftOut = port
    },
    bytes: () => gone + [...sockets].reduce((sum, socket) => sum + by(socket), 0)
  }
}
