import { createSocket } from 'node:dgram'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { encode } from 'cborg'
import fc from 'fast-check'
import { createLibp2p } from 'libp2p'
import { createExchange } from '../../packages/core/src/libp2p/exchange.ts'
import { encodeQuestion } from '../../packages/core/src/protocol/wire.ts'
import { closed, type Port, reach, reachWebSocket } from './targets.ts'

/** The same inputs for the same seed, so that what was found can be found again: FUZZ_SEED, FUZZ_RUNS. */
export const fuzz = {
  seed: Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31)),
  /** Inputs for each port and kind. */
  runs: Number(process.env.FUZZ_RUNS ?? 40)
}

export const sample = <T>(inputs: fc.Arbitrary<T>): T[] => fc.sample(inputs, { seed: fuzz.seed, numRuns: fuzz.runs })

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const concat = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))
const utf8 = (text: string) => new TextEncoder().encode(text)

/** What an honest client begins with, cut anywhere, and then anything. */
const beginnings = [
  '\x13/multistream/1.0.0\n\x07/noise\n',
  'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  'POST /graphql HTTP/1.1\r\nHost: api.github.com\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
  'GET /repos/octocat/hello-world HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: \r\nExpect: 100-continue\r\nConnection: keep-alive, te\r\n\r\n',
  'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'
]
export const rawInput = fc
  .tuple(fc.option(fc.constantFrom(...beginnings)), fc.double({ min: 0, max: 1, noNaN: true }), bytes(400))
  .map(([beginning, cut, rest]) => {
    const begun = utf8(beginning ?? '')
    // Mostly whole: what comes after a whole one goes deeper.
    return concat(begun.subarray(0, cut < 0.7 ? begun.byteLength : Math.floor(begun.byteLength * cut)), rest)
  })

/** A frame of RFC 6455 (5.2) with any bits, any length said, and any length sent. */
const webSocketFrame = fc
  .record({
    first: fc.integer({ min: 0, max: 255 }),
    masked: fc.boolean(),
    said: fc.oneof(
      fc.integer({ min: 0, max: 125 }).map((length) => [length]),
      fc.integer({ min: 0, max: 0xffff }).map((length) => [126, length >> 8, length & 255]),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((length) => [127, ...length])
    ),
    payload: bytes(140)
  })
  .map(({ first, masked, said: [length = 0, ...more], payload }) =>
    Uint8Array.from([first, (masked ? 0x80 : 0) | length, ...more, ...(masked ? [1, 2, 3, 4] : []), ...payload])
  )
export const webSocketInput = fc
  .array(webSocketFrame, { minLength: 1, maxLength: 4 })
  .map((frames) => concat(...frames))

/** A frame of yamux: version, type, flags, stream, length, and perhaps data of that length. */
const yamuxFrame = fc
  .record({
    version: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 })),
    type: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.integer({ min: 0, max: 255 })),
    flags: fc.integer({ min: 0, max: 0xffff }).map((flags) => flags & (flags > 0xf000 ? 0xffff : 0x0f)),
    stream: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 0x7fffffff })),
    length: fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 0x7fffffff })),
    data: bytes(64)
  })
  .map(({ version, type, flags, stream, length, data }) => {
    const header = Buffer.alloc(12)
    header.writeUInt8(version, 0)
    header.writeUInt8(type, 1)
    header.writeUInt16BE(flags, 2)
    header.writeUInt32BE(stream, 4)
    header.writeUInt32BE(length, 8)
    return concat(header, data)
  })
export const yamuxInput = fc.array(yamuxFrame, { minLength: 1, maxLength: 8 }).map((frames) => concat(...frames))

/** With its length before it, as libp2p's protocols frame what they send. */
function framed(content: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let left = content.byteLength; ; left >>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    if (left <= 0x7f) break
  }
  return concat(Uint8Array.from(length), content)
}

/** Protobuf with fields in fields, as gossip, identify and circuits read it; what it means is left to chance. */
const protobuf = fc.letrec<{ message: Uint8Array; field: Uint8Array }>((tie) => ({
  message: fc.array(tie('field'), { maxLength: 5, depthIdentifier: 'protobuf' }).map((fields) => concat(...fields)),
  field: fc
    .tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.oneof(
        { maxDepth: 4, depthIdentifier: 'protobuf' },
        fc.integer({ min: 0, max: 0x7f }).map((value) => [0, Uint8Array.of(value)] as const),
        fc.uint8Array({ maxLength: 40 }).map((value) => [2, framed(value)] as const),
        fc.constantFrom('ghmesh/1/0', '/meshsub/1.1.0', '').map((value) => [2, framed(utf8(value))] as const),
        fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => [1, value] as const),
        tie('message').map((value) => [2, framed(value)] as const)
      )
    )
    .map(([number, [wireType, value]]) => concat(Uint8Array.of((number << 3) | wireType), value))
})).message

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
/** What CBOR can say, and then some. */
const anything = fc.oneof(
  fc.anything({ withTypedArray: true, maxDepth: 2 }),
  fc.constantFrom(-1, 2 ** 53, Number.NaN, 1e308, '', '__proto__', [], {}, null, true)
)
/** A message of ours with some of its fields replaced, left out or added. */
const twisted = <T extends object>(honest: fc.Arbitrary<T>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      honest,
      fc.dictionary(fc.constantFrom('type', 'key', 'hash', 'version', 'proof', 'items', 'entry', 'x'), anything, {
        maxKeys: 2
      })
    )
    .map(([message, changes]) => {
      try {
        return encode({ ...message, ...changes })
      } catch {
        return encode(message) // what CBOR cannot say
      }
    })
const question = fc.oneof(
  fc.record({ version: fc.constant(1), type: fc.constant('get'), key: digest, hash: digest }),
  fc.record({ version: fc.constant(1), type: fc.constant('list') }),
  fc.record({
    version: fc.constant(1),
    type: fc.constant('proof'),
    proof: fc.uint8Array({ minLength: 104, maxLength: 104 })
  })
)
const lease = { version: 2, type: 'lease' }
/** Questions that are nearly right, with their length before them. */
const questionInput = fc
  .array(twisted(fc.oneof(question, fc.constant(lease))), { minLength: 1, maxLength: 4 })
  .map((questions) => concat(...questions.map(framed)))

const shelfQuestion = fc.oneof(
  fc.record({
    version: fc.constant(1),
    type: fc.constant('put'),
    group: digest,
    key: digest,
    signedAt: fc.maxSafeNat(),
    expiresAt: fc.maxSafeNat(),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    sealed: fc.uint8Array({ maxLength: 200 })
  }),
  fc.record({
    version: fc.constant(1),
    type: fc.constant('get'),
    group: digest,
    keys: fc.array(fc.tuple(digest, fc.maxSafeNat()), { maxLength: 70 })
  })
)
/** Questions to a shelf, in the name of a group or of any other. */
export const shelfInput = (group: Uint8Array) =>
  fc.oneof(
    protocolInput,
    twisted(fc.tuple(shelfQuestion, fc.boolean()).map(([one, own]) => (own ? { ...one, group } : one))).map(framed)
  )

/** Anything, with a length before it or without, as CBOR and protobuf begin, or as a text of lines. */
export const protocolInput = fc.oneof(
  bytes(300),
  bytes(300).map(framed),
  fc.array(protobuf, { minLength: 1, maxLength: 3 }).map((messages) => concat(...messages.map(framed))),
  questionInput,
  fc.json().map((json) => framed(utf8(`${json}\n`)))
)

const offer = [
  'v=0',
  'o=- 1 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=msid-semantic:WMS *',
  'a=ice-options:ice2,trickle',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=sendrecv',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  'a=setup:actpass',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789abcdef0123456789abcdef',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  ''
]
/** An SDP offer with lines left out, doubled, cut, or with something else behind them. */
const sdp = fc
  .array(
    fc.tuple(
      fc.nat(offer.length - 1),
      fc.constantFrom('drop', 'double', 'cut', 'long', 'twist'),
      fc.string({ maxLength: 40 })
    ),
    { maxLength: 4 }
  )
  .map((changes) => {
    const lines = [...offer]
    for (const [at, how, text] of changes) {
      const line = lines[at] ?? ''
      if (how === 'drop') lines[at] = ''
      else if (how === 'double') lines.splice(at, 0, line)
      else if (how === 'cut') lines[at] = line.slice(0, text.length)
      else if (how === 'long') lines[at] = `${line}${text.repeat(50)}`
      else lines[at] = line.replace(/[:=].*/, (rest) => `${rest[0]}${text}`)
    }
    return lines.join('\r\n')
  })
const candidate = fc
  .tuple(
    fc.string({ maxLength: 60 }),
    fc.constantFrom('candidate:1 1 UDP 2122317823 127.0.0.1 9 typ host', '', 'candidate:', 'x')
  )
  .map(([text, known]) =>
    JSON.stringify({
      candidate: text.length > 30 ? text : `${known}${text.slice(0, 3)}`,
      sdpMid: '0',
      sdpMLineIndex: text.length
    })
  )
const signal = (type: number, data: string) => framed(concat(Uint8Array.of(0x08, type, 0x12), framed(utf8(data))))
/** An offer as an honest member makes it. */
export const honestOffer = signal(0, offer.join('\r\n'))
/** What WebRTC is brought about with: an offer, and candidates, all of them nearly right. */
export const signallingInput = fc
  .tuple(sdp, fc.array(candidate, { maxLength: 3 }))
  .map(([text, candidates]) => concat(signal(0, text), ...candidates.map((one) => signal(2, one))))

/** Sends one input to a port and waits until the other side has had enough, or has nothing against it. */
export async function throwAt({ kind, port }: Port, input: Uint8Array, begin = reach): Promise<void> {
  const socket = await (kind === 'websocket' ? begin(port) : reach(port))
  const over = closed(socket)
  const read = new Promise<void>((resolve) => socket.write(input, () => resolve()))
  await Promise.race([over, read])
  socket.end()
  // What waits for more is left to its own bound, which another test looks at.
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 20))])
  socket.destroy()
}

export const throwFrames = (port: Port, input: Uint8Array) => throwAt(port, input, reachWebSocket)

/** A peer that speaks libp2p properly until it does not, and lets go of the encrypted bytes below its streams. */
export async function createPeer() {
  const lines = new Map<string, MessageStream>()
  const muxer = yamux({ enableKeepAlive: false })
  const spying = (): StreamMuxerFactory => {
    const made = muxer()
    const create = made.createStreamMuxer.bind(made)
    return Object.assign(made, {
      createStreamMuxer(line: MessageStream) {
        lines.set('last', line)
        return create(line)
      }
    })
  }
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    transports: [tcp(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [spying],
    connectionMonitor: { enabled: false },
    services: { identify: identify() }
  })
  return {
    peerId: node.peerId.toString(),
    node,
    stop: () => node.stop(),
    /** Shows a proof to whom it is connected to. */
    async show(proof: Uint8Array): Promise<void> {
      const exchange = createExchange(node, { async *request() {} })
      const peerId = String(node.getPeers()[0])
      for await (const _frame of exchange.request(peerId, encodeQuestion({ version: 1, type: 'proof', proof })));
    },
    /** A connection, the one before where it has lived, and the bytes below its streams. */
    async connect(address: string): Promise<{ connection: Connection; line: MessageStream }> {
      const peerId = /\w+$/.exec(address)?.[0]
      const [open] = node
        .getConnections()
        .filter(({ status, remotePeer }) => status === 'open' && String(remotePeer) === peerId)
      for (let connection = open; ; ) {
        const line = connection && lines.get(connection.id)
        if (connection && line) return { connection, line }
        try {
          connection = await node.dial(multiaddr(address), { force: true })
          lines.set(connection.id, lines.get('last') as MessageStream)
        } catch {
          // Too many at once for one address: that is what it should say.
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      }
    }
  }
}

/** Datagrams to a UDP port; nobody says what became of them. */
export async function throwDatagrams(port: number, inputs: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const input of inputs)
    await new Promise<void>((resolve) => socket.send(input, port, '127.0.0.1', () => resolve()))
  socket.close()
}
