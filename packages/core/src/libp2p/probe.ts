import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { equal } from '../bytes.ts'
import { MeshError, toMeshError } from '../errors.ts'
import { decodeProbe, decodeProbed, encodeProbe, encodeProbed, type Probed } from '../protocol/wire.ts'
import type { ProbeOptions, ProbeReport } from '../transport/libp2p-transport.ts'
import type { TransportHandlers } from '../transport/transport.ts'
import { version } from '../version.ts'
import { forLibp2p } from './for-libp2p.ts'

const protocol = '/ghmesh/1/probe'
const frameBytes = 512
const maxRounds = 16
/** From one peer at once, whatever the number of its connections. */
const maxStreams = 4
/** A peer may take this long for each of its frames. */
const idleMs = 5000

/** Questions that need no proof: is anybody there, of which version, and how far away? */
export function createProbe(node: Libp2p, handlers: Pick<TransportHandlers, 'probed'>) {
  const framed = (stream: Stream) =>
    lpStream(stream, { maxDataLength: frameBytes, maxBufferSize: maxRounds * (frameBytes + 2) })
  const fromPeer = ({ remotePeer }: Connection) =>
    node
      .getConnections(remotePeer)
      .flatMap(({ streams }) => streams)
      .filter((stream) => stream.protocol === protocol && stream.direction === 'inbound')

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    let reason: unknown = new Error('enough was asked')
    try {
      if (fromPeer(connection).length > maxStreams) throw new Error('too many probes at once')
      const frames = framed(stream)
      for (let round = 0; round < maxRounds; round++) {
        const signal = AbortSignal.timeout(idleMs)
        const asked = decodeProbe((await frames.read({ signal })).subarray())
        if (!asked) throw new Error('this is no probe')
        const name = handlers.probed?.(connection.remotePeer.toString())
        await frames.write(encodeProbed({ nonce: asked.nonce, version, name }), { signal })
      }
    } catch (error) {
      reason = error // also how a stream ends that the asker closed
    }
    stream.abort(reason as Error)
  }

  return {
    /** Answers probes from now on. */
    start: () =>
      node.handle(protocol, answer, {
        maxInboundStreams: maxStreams,
        maxOutboundStreams: maxStreams,
        runOnLimitedConnection: true
      }),

    /** Asks over one connection, several rounds. Rejects with `ERR_TRANSPORT` where nobody answers. */
    async ask(
      connection: Connection,
      { signal, rounds = 5 }: ProbeOptions = {}
    ): Promise<Pick<ProbeReport, 'version' | 'name' | 'rttMs'>> {
      const how = forLibp2p({ signal })
      const peerId = connection.remotePeer.toString()
      let stream: Stream | undefined
      try {
        stream = await connection.newStream(protocol, { ...how, runOnLimitedConnection: true })
        const frames = framed(stream)
        const rttMs: number[] = []
        let told: Probed | undefined
        do {
          const nonce = crypto.getRandomValues(new Uint8Array(16))
          const sentAt = performance.now()
          await frames.write(encodeProbe({ nonce }), how)
          told = decodeProbed((await frames.read(how)).subarray())
          rttMs.push(performance.now() - sentAt)
          if (!told || !equal(told.nonce, nonce))
            throw new MeshError('ERR_PROTOCOL', `${peerId} answered the probe with something else`)
        } while (rttMs.length < Math.min(rounds, maxRounds))
        return { version: told.version, ...(told.name !== undefined && { name: told.name }), rttMs }
      } catch (cause) {
        throw toMeshError('ERR_TRANSPORT', `${peerId} did not answer the probe`, cause)
      } finally {
        stream?.abort(new Error('the probe is over'))
      }
    }
  }
}
