import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import type { AbortOptions } from '../abort.ts'
import { toMeshError } from '../errors.ts'
import type { TransportHandlers } from '../transport/transport.ts'
import { forLibp2p } from './for-libp2p.ts'
import { createIdleStreams, type Line, maxStreams } from './idle-streams.ts'

const exchangeProtocol = '/ghmesh/1/exchange'
/** What a question may have, see PROTOCOL.md: before anybody has shown to be a member, each stream can hold one. */
const maxQuestionBytes = 4096
const end = new Uint8Array()

/** For a relay, which answers strangers and has little to say. */
export interface ExchangeOptions {
  /** Another protocol that is spoken in the same way. */
  protocol?: string | undefined
  /** A stream with a longer question is ended. Default 4096. */
  questionBytes?: number | undefined
  /** Streams of questions that one connection may open. Default 64. */
  inboundStreams?: number | undefined
  /** Whose questions are read at all. Default: everybody's. */
  admits?(peerId: string): boolean
  /** Which connections questions go by. Default: all. */
  isUsable?(connection: Connection): boolean
}

/** The frames of a whole answer, without the empty one at its end. */
async function* ask({ frames }: Line, question: Uint8Array, options: AbortOptions): AsyncGenerator<Uint8Array> {
  await frames.write(question, forLibp2p(options))
  for (;;) {
    const frame = (await frames.read(forLibp2p(options))).subarray()
    if (frame.byteLength === 0) return
    yield frame
  }
}

/**
 * Questions and answers over long-lived streams, one at a time on each: a question is one frame, an answer some frames and
 * an empty one. A stream that ends before the empty frame is a broken answer, however it ended.
 */
export function createExchange(
  node: Libp2p,
  handlers: Pick<TransportHandlers, 'request'>,
  {
    protocol = exchangeProtocol,
    questionBytes = maxQuestionBytes,
    inboundStreams = maxStreams,
    admits = () => true,
    isUsable = () => true
  }: ExchangeOptions = {}
) {
  const streams = createIdleStreams(node, protocol, isUsable)
  // A stream that nobody reads in time is reset (libp2p's byte streams press on nobody): of questions, which come one at a time
  // and from anybody, that takes little.
  const questionsOf = (stream: Stream) =>
    lpStream(stream, { maxDataLength: questionBytes, maxBufferSize: questionBytes + 3 * maxQuestionBytes })

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    const from = connection.remotePeer.toString()
    if (!admits(from)) return stream.abort(new Error('not for this peer'))
    const control = new AbortController()
    stream.addEventListener('close', () => control.abort())
    const frames = questionsOf(stream)
    try {
      for (;;) {
        const question = (await frames.read()).subarray()
        for await (const frame of handlers.request(from, question, { signal: control.signal })) {
          await frames.write(frame, { signal: control.signal })
        }
        await frames.write(end, { signal: control.signal })
      }
    } catch (error) {
      // Also how a stream ends that the asker closed.
      stream.abort(error instanceof Error ? error : new Error('the answer failed'))
    }
  }

  return {
    /** Answers questions from now on. */
    start: () =>
      node.handle(protocol, answer, {
        maxInboundStreams: inboundStreams,
        maxOutboundStreams: maxStreams,
        runOnLimitedConnection: true
      }),

    /** Asks one peer; gives the frames of its answer in order. Throws `ERR_TRANSPORT` when the answer breaks off. */
    async *request(peerId: string, question: Uint8Array, options: AbortOptions = {}): AsyncGenerator<Uint8Array> {
      for (;;) {
        const line = await streams.open(peerId, options)
        let begun = false
        let whole = false
        try {
          for await (const frame of ask(line, question, options)) {
            begun = true
            yield frame
          }
          whole = true
          return
        } catch (cause) {
          if (line.used && !begun && !options.signal?.aborted) continue // closed while it was idle: a new one
          throw toMeshError('ERR_TRANSPORT', `the answer of ${peerId} broke off`, cause)
        } finally {
          // Not whole: what comes next on this stream would be taken for another answer.
          if (whole) streams.keep(peerId, line)
          else line.stream.abort(new Error('given up'))
        }
      }
    },

    /** A peer has gone, and with it what was kept open to it. */
    forget: streams.forget,

    /** Ends every stream that was kept open. */
    stop: streams.stop
  }
}
