import type { ConnectionEncrypter, MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import { type NoiseInit, noise } from '@libp2p/noise'
import { type YamuxMuxerInit, yamux } from '@libp2p/yamux'

/*
 * libp2p sends more pieces than its protocols need, and each costs an encryption, a system call and an event on either side.
 * Nothing that others see differs but their number.
 */

/**
 * Noise, of which each message is handed over in one piece. The library (noise 17.0) hands over the length, which is two bytes,
 * by itself: two packets of TCP, or two messages of a WebSocket.
 */
export function noiseInOnePiece(
  init?: NoiseInit
): (components: Parameters<ReturnType<typeof noise>>[0]) => ConnectionEncrypter {
  return (components) => {
    const encrypter = noise(init)(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    encrypter.secureInbound = (connection, options) => secureInbound(inOnePiece(connection), options)
    encrypter.secureOutbound = (connection, options) => secureOutbound(inOnePiece(connection), options)
    return encrypter
  }
}

function inOnePiece<Connection extends MessageStream>(connection: Connection): Connection {
  const send = connection.send.bind(connection)
  connection.send = (data) => send(data.subarray())
  return connection
}

/** What is used of a muxer and its streams beyond their interface (yamux 8.0). */
interface InsideMuxer {
  _newStream(...how: unknown[]): InsideStream
}
interface InsideStream {
  state: number
  recvWindow: number
  recvWindowCapacity: number
  sendWindowUpdate(): void
}
const established = 3

/**
 * Yamux, which tells a sender that there is room again when half of the window is used, as it does elsewhere
 * (https://github.com/libp2p/rust-yamux/pull/109). The library (yamux 8.0) answers each frame of data.
 */
export function yamuxWithFewUpdates(init: YamuxMuxerInit): () => StreamMuxerFactory {
  return () => {
    const factory = yamux(init)()
    const createStreamMuxer = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const muxer = createStreamMuxer(connection)
      const inside = muxer as unknown as InsideMuxer
      const newStream = inside._newStream.bind(inside)
      inside._newStream = (...how) => withFewUpdates(newStream(...how))
      return muxer
    }
    return factory
  }
}

function withFewUpdates(stream: InsideStream): InsideStream {
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    // Until both sides know of the stream, this is how they say so.
    if (stream.state !== established || stream.recvWindowCapacity <= stream.recvWindow / 2) sendWindowUpdate()
  }
  return stream
}
