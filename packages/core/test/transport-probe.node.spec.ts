import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { encode } from 'cborg'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { libp2pTransport } from '../src/platform/node/node.ts'
import { decodeProbed, encodeProbe, encodeProbed } from '../src/protocol/wire.ts'
import type { TransportHandlers } from '../src/transport/transport.ts'
import { version } from '../src/version.ts'

const protocol = '/ghmesh/1/probe'
const nonce = new Uint8Array(16).fill(7)

describe('probe over libp2p', () => {
  const open: { stop(): unknown }[] = []
  const later = <T extends { stop(): unknown }>(one: T): T => {
    open.push(one)
    return one
  }
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.stop()))
  })

  async function transport(more: Partial<TransportHandlers> = {}) {
    const made = later(libp2pTransport({ listenPort: 0, forceLocalhost: true }))
    await made.start(['topic'], {
      message: async () => 'ignore',
      async *request() {},
      connect() {},
      disconnect() {},
      ...more
    })
    return made
  }
  /** A node of libp2p that is no ghmesh. */
  async function stranger() {
    return later(
      await createLibp2p({
        addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
        transports: [tcp()],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()]
      })
    )
  }
  const addressOf = ({ addresses: [first] }: { addresses: string[] }) => first as string
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => error
    )

  it('tells who is there, of which version, how it is reached and how far away', async () => {
    const asked: string[] = []
    const probed = (from: string) => {
      asked.push(from)
      return 'b'
    }
    const [a, b] = [await transport(), await transport({ probed })]
    const { rttMs, ...report } = await a.probe(addressOf(b), { rounds: 3 })
    expect(report).to.deep.equal({ peerId: b.peerId, version, name: 'b', path: 'direct', transport: 'tcp' })
    expect(rttMs).to.have.length(3)
    expect(asked).to.deep.equal([a.peerId, a.peerId, a.peerId])
    expect((await a.probe(addressOf(b))).rttMs).to.have.length(5)
    expect((await a.probe(addressOf(b), { rounds: 1000 })).rttMs).to.have.length(16)
  })

  it('needs no peer id in the address, goes over WebSockets, and tells no name where none is to be told', async () => {
    const [a, b] = [await transport(), await transport()]
    const webSocket = b.addresses.find((address) => address.includes('/ws')) as string
    const { rttMs: _, ...report } = await a.probe(webSocket.replace(/\/p2p\/.*/, ''))
    expect(report).to.deep.equal({ peerId: b.peerId, version, path: 'direct', transport: 'websocket' })
  })

  it('says why nobody answered', async () => {
    const [a, b, other] = [await transport(), await transport(), await stranger()]
    const gone = addressOf(b)
    await b.stop()
    const refused = await failure(a.probe(gone))
    expect([refused.code, refused.cause.code]).to.deep.equal(['ERR_TRANSPORT', 'ECONNREFUSED'])
    const self = await failure(a.probe(addressOf(a)))
    expect([self.code, self.cause.message]).to.deep.equal(['ERR_TRANSPORT', 'Can not dial self'])
    const unknown = await failure(a.probe(String(other.getMultiaddrs()[0])))
    expect([unknown.code, unknown.cause.name]).to.deep.equal(['ERR_TRANSPORT', 'UnsupportedProtocolError'])
    const control = new AbortController()
    control.abort(new Error('enough'))
    expect((await failure(a.probe(gone, { signal: control.signal }))).code).to.equal('ERR_TRANSPORT')
  })

  describe('asked by who means harm', () => {
    const answer = () => transport({ probed: () => 'honest' })

    async function attack(on: { addresses: string[] }) {
      const node = await stranger()
      const connection = await node.dial(multiaddr(addressOf(on)))
      return {
        connection,
        async stream() {
          const stream = await connection.newStream(protocol, { maxOutboundStreams: 1000 })
          const closed = new Promise<void>((resolve) => stream.addEventListener('close', () => resolve()))
          return { stream, frames: lpStream(stream), closed }
        }
      }
    }
    const stillAnswers = async (on: { addresses: string[]; peerId: string }) =>
      expect((await (await transport()).probe(addressOf(on))).peerId).to.equal(on.peerId)

    const rubbish: Record<string, Uint8Array> = {
      nothing: new Uint8Array(),
      'no CBOR': new Uint8Array(20).fill(255),
      'no map': encode('hello'),
      'a short nonce': encode({ nonce: nonce.subarray(1) }),
      'a text for a nonce': encode({ nonce: 'x'.repeat(16) }),
      'a nonce said twice': Uint8Array.from([0xa2, ...[1, 2].flatMap(() => [...encode('nonce'), ...encode(nonce)])]),
      'more than a frame takes': encode({ nonce, more: 'x'.repeat(500) }),
      'a megabyte': new Uint8Array(2 ** 20)
    }
    for (const [name, frame] of Object.entries(rubbish)) {
      it(`${name}: the stream ends, unanswered`, async () => {
        const on = await answer()
        const { stream } = await attack(on)
        const { frames, closed } = await stream()
        await frames.write(frame).catch(() => {})
        expect(await failure(frames.read())).to.be.an('error')
        await closed
        await stillAnswers(on)
      })
    }

    it('a length without an end, and one of 4 GB: the stream ends', async () => {
      const on = await answer()
      const { stream } = await attack(on)
      for (const length of [new Uint8Array(9).fill(255), Uint8Array.from([255, 255, 255, 255, 15])]) {
        const { stream: raw, closed } = await stream()
        raw.send(length)
        await closed
      }
      await stillAnswers(on)
    })

    it('silence, and half a frame: the stream ends by itself', async () => {
      const on = await answer()
      const { stream } = await attack(on)
      const [silent, half] = [await stream(), await stream()]
      half.stream.send(encodeProbe({ nonce }).subarray(0, 5))
      await Promise.all([silent.closed, half.closed])
      await stillAnswers(on)
    })

    it('questions without an end: so many are answered, and no more', async () => {
      const on = await answer()
      const { stream } = await attack(on)
      const { frames, closed } = await stream()
      let answers = 0
      try {
        for (;;) {
          await frames.write(encodeProbe({ nonce }))
          const told = decodeProbed((await frames.read()).subarray())
          expect(told).to.deep.equal({ nonce, version, name: 'honest' })
          answers++
        }
      } catch (error) {
        expect(error).to.not.be.instanceOf(TypeError)
      }
      expect(answers).to.equal(16)
      await closed
      await stillAnswers(on)
    })

    it('many streams, over several connections: four live, the others end', async () => {
      const on = await answer()
      const node = await stranger()
      const address = multiaddr(addressOf(on))
      const connections = [await node.dial(address, { force: true }), await node.dial(address, { force: true })]
      let [living, ended] = [0, 0]
      const all = Promise.withResolvers<void>()
      const count = (lives: boolean) => {
        if (lives) living++
        else ended++
        if (living + ended === 40) all.resolve()
      }
      for (const connection of connections) {
        for (let i = 0; i < 20; i++) {
          const stream = await connection.newStream(protocol, { maxOutboundStreams: 1000 })
          const frames = lpStream(stream)
          void (async () => {
            await frames.write(encodeProbe({ nonce }))
            await frames.read()
          })().then(
            () => count(true),
            () => count(false)
          )
        }
      }
      await all.promise
      expect(living).to.be.within(1, 4)
      await stillAnswers(on)
    })
  })

  describe('answered by who means harm', () => {
    async function answers(frame: (nonce: Uint8Array) => Uint8Array | undefined) {
      const node = await stranger()
      await node.handle(protocol, async (stream) => {
        const frames = lpStream(stream)
        const asked = await frames.read()
        const said = frame(asked.subarray().slice(-16))
        if (said) await frames.write(said).catch(() => {})
      })
      return failure((await transport()).probe(String(node.getMultiaddrs()[0]), { signal: AbortSignal.timeout(500) }))
    }

    it('another nonce, rubbish, a version that is none, too much, and silence', async () => {
      const wrong = 'ERR_PROTOCOL'
      expect((await answers(() => encodeProbed({ nonce, version }))).code).to.equal(wrong)
      expect((await answers(() => new Uint8Array(9))).code).to.equal(wrong)
      expect((await answers((nonce) => encodeProbed({ nonce, version: '\u001b[2J' }))).code).to.equal(wrong)
      expect((await answers((nonce) => encodeProbed({ nonce, version, name: 'x'.repeat(129) }))).code).to.equal(wrong)
      expect((await answers((nonce) => encode({ nonce, version, more: 'x'.repeat(5000) }))).code).to.equal(
        'ERR_TRANSPORT'
      )
      expect((await answers(() => undefined)).code).to.equal('ERR_TRANSPORT')
    })
  })
})
