import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type LengthPrefixedStream, lpStream } from '@libp2p/utils'
import type { AbortOptions } from '../abort.ts'
import { MeshError } from '../errors.ts'
import { defaultLimits } from '../limits.ts'
import { forLibp2p } from './for-libp2p.ts'

/** Streams of one protocol on a connection. */
export const maxStreams = 64
/** Streams that are kept open to one peer for the next question. */
const idleStreams = 4

/** A stream for questions, one at a time. */
export interface Line {
  stream: Stream
  frames: LengthPrefixedStream
  /** It has carried a question before, so the peer may have closed it meanwhile. */
  used: boolean
}

// A stream that nobody reads in time is reset (libp2p's byte streams press on nobody): an answer that was asked for may all be
// there before it is read.
const answersOf = (stream: Stream) =>
  lpStream(stream, { maxDataLength: defaultLimits.frameBytes, maxBufferSize: 2 * defaultLimits.entryBytes })

/** Streams to peers, some of which are kept open for the next question. */
export function createIdleStreams(
  node: Pick<Libp2p, 'getConnections'>,
  protocol: string,
  isUsable: (connection: Connection) => boolean
) {
  const idle = new Map<string, Line[]>()
  return {
    /** One that is idle, or a new one. Throws `ERR_TRANSPORT` where the peer is not connected. */
    async open(peerId: string, options: AbortOptions): Promise<Line> {
      for (let line = idle.get(peerId)?.pop(); line; line = idle.get(peerId)?.pop()) {
        if (line.stream.status === 'open') return line
      }
      const connections = node
        .getConnections()
        .filter(({ remotePeer, status }) => status === 'open' && remotePeer.toString() === peerId)
        .filter(isUsable)
      const connection = connections.find(({ limits }) => limits === undefined) ?? connections[0]
      if (!connection) throw new MeshError('ERR_TRANSPORT', `not connected to ${peerId}`)
      const stream = await connection.newStream(protocol, {
        ...forLibp2p(options),
        runOnLimitedConnection: true,
        maxOutboundStreams: maxStreams
      })
      return { stream, frames: answersOf(stream), used: false }
    },

    /** For the next question, unless enough are kept. */
    keep(peerId: string, line: Line): void {
      const lines = idle.get(peerId) ?? []
      if (line.stream.status !== 'open' || lines.length >= idleStreams) return void line.stream.close().catch(() => {})
      line.used = true
      lines.push(line)
      idle.set(peerId, lines)
    },

    /** A peer has gone, and with it what was kept open to it. */
    forget: (peerId: string): void => void idle.delete(peerId),

    /** Ends every stream that was kept open. */
    stop(): void {
      for (const lines of idle.values()) for (const { stream } of lines) stream.abort(new Error('stopped'))
      idle.clear()
    }
  }
}
