import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type LengthPrefixedStream, lpStream } from '@libp2p/utils'
import type { AbortOptions } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import { defaultLimits } from '../limits.ts'
import type { TransportHandlers } from '../transport/transport.ts'
import { forLibp2p } from './for-libp2p.ts'

const exchangeProtocol = '/ghmesh/1/exchange'
const maxStreams = 64
/** What a question may have, see PROTOCOL.md: before anybody has shown to be a member, each stream can hold one. */
const maxQuestionBytes = 4096
/** Streams that are kept open to one peer for the next question. */
const idleStreams = 4
const end = new Uint8Array()

interface Line {
  stream: Stream
  frames: LengthPrefixedStream
  /** It has carried a question before, so the peer may have closed it meanwhile. */
  used: boolean
}

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
  const idle = new Map<string, Line[]>()
  // A stream that nobody reads in time is reset (libp2p's byte streams press on nobody): of questions, which come one at a time
  // and from anybody, that takes little; an answer that was asked for may all be there before it is read.
  const questionsOf = (stream: Stream) =>
    lpStream(stream, { maxDataLength: questionBytes, maxBufferSize: questionBytes + 3 * maxQuestionBytes })
  const answersOf = (stream: Stream) =>
    lpStream(stream, { maxDataLength: defaultLimits.frameBytes, maxBufferSize: 2 * defaultLimits.entryBytes })

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    const from = connection.remotePeer.toString()
    if (!admits(from)) return stream.abort(new Error('not for this peer'))
    const control = new AbortController()
    stream.addEventListener('close', () => control.abort(new Error('the asker went away')))
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

  async function open(peerId: string, options: AbortOptions): Promise<Line> {
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
  }

  function keep(peerId: string, line: Line): void {
    const lines = idle.get(peerId) ?? []
    if (line.stream.status !== 'open' || lines.length >= idleStreams) return void line.stream.close().catch(() => {})
    line.used = true
    lines.push(line)
    idle.set(peerId, lines)
  }

  async function* ask(line: Line, question: Uint8Array, options: AbortOptions): AsyncGenerator<Uint8Array> {
    await line.frames.write(question, forLibp2p(options))
    for (;;) {
      const frame = (await line.frames.read(forLibp2p(options))).subarray()
      if (frame.byteLength === 0) return
      yield frame
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
        const line = await open(peerId, options)
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
          if (whole) keep(peerId, line)
          else line.stream.abort(new Error('given up'))
        }
      }
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
