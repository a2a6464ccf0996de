import type { Socket } from 'node:net'

/**
 * Ends sockets at addresses that this machine has no more. They are dead, but nobody says so: TCP tries for a quarter of an hour,
 * and libp2p asks once a minute.
 */
export function createLostSockets() {
  const open = new Set<Socket>()
  return {
    watch(socket: Socket): void {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    },
    lost(addresses: readonly string[]): void {
      for (const socket of open) if (addresses.includes(socket.localAddress ?? '')) socket.destroy()
    }
  }
}
