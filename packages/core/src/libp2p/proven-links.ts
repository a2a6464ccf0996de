import type { Connection } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { isDirect } from './path.ts'

const pingProtocol = '/ipfs/ping/1.0.0'
const pingBytes = 32
const answerMs = 3000

/** A WebRTC connection between members, and not one that only looks like it. */
const isDoubtful = (connection: Connection) =>
  isDirect(connection) && /\/webrtc(?:\/|$)/.test(String(connection.remoteAddr)) && connection.multiplexer === '/webrtc'

/**
 * libp2p calls a WebRTC connection open on the side that was called as soon as the other side stops sending candidates, also
 * where it gave up. So such a connection counts once a byte has gone there and back; what does not answer is closed.
 */
export function createProvenLinks() {
  const proven = new WeakSet<Connection>()
  return {
    /** Whether questions may be asked by a connection. */
    isUsable: (connection: Connection): boolean => !isDoubtful(connection) || proven.has(connection),
    /** Resolves to whether a new connection is usable. */
    async prove(connection: Connection): Promise<boolean> {
      if (!isDoubtful(connection)) return true
      const signal = AbortSignal.timeout(answerMs)
      try {
        const stream = await connection.newStream(pingProtocol, { signal })
        const bytes = byteStream(stream)
        await bytes.write(new Uint8Array(pingBytes), { signal })
        await bytes.read({ bytes: pingBytes, signal })
        await stream.close({ signal })
        proven.add(connection)
        return true
      } catch (error) {
        connection.abort(error instanceof Error ? error : new Error('no answer'))
        return false
      }
    }
  }
}
