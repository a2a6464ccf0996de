import { generateKeyPair } from '@libp2p/crypto/keys'
import type { MessageStream, Stream } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { expect } from 'chai'
import { noiseInOnePiece, yamuxWithFewUpdates } from '../src/libp2p/fewer-frames.ts'

const windowBytes = 256 * 1024

/** A stream from one side to the other, and what the side that reads sends back. */
async function streamOverYamux() {
  const [dialling, listening] = multiaddrConnectionPair()
  const answers: number[] = []
  const send = listening.send.bind(listening)
  listening.send = (bytes) => {
    answers.push(bytes.byteLength)
    return send(bytes)
  }
  const factory = yamuxWithFewUpdates({ enableKeepAlive: false })()
  const [muxer, other] = [dialling, listening].map((connection) => factory.createStreamMuxer(connection))
  const arrived = new Promise<Stream>((resolve) =>
    other?.addEventListener('stream', ({ detail }) => resolve(detail), { once: true })
  )
  const outbound = await muxer?.createStream()
  return { outbound: outbound as Stream, inbound: await arrived, answers }
}

describe('frames of libp2p', () => {
  it('a message that leaves room in the window is not answered by a frame', async () => {
    const { outbound, inbound, answers } = await streamOverYamux()
    let heard = 0
    const done = new Promise<void>((resolve) => {
      inbound.addEventListener('message', ({ data }) => {
        heard += data.byteLength
        if (heard === 5000) resolve()
      })
    })
    for (let n = 0; n < 50; n++) outbound.send(new Uint8Array(100))
    await done
    // Those of the beginning say that the stream is there.
    expect(answers.length).to.be.lessThan(5)
  })

  it('more than the window holds arrives whole', async () => {
    const { outbound, inbound, answers } = await streamOverYamux()
    const sent = Uint8Array.from({ length: 5 * windowBytes + 17 }, (_, i) => (i * 7) % 251)
    const heard = new Uint8Array(sent.length)
    let length = 0
    const done = new Promise<void>((resolve) => {
      inbound.addEventListener('message', ({ data }) => {
        heard.set(data.subarray(), length)
        length += data.byteLength
        if (length === sent.length) resolve()
      })
    })
    outbound.send(sent)
    await done
    expect(heard.every((byte, i) => byte === sent[i])).to.equal(true)
    expect(answers.length).to.be.greaterThan(4)
  })

  it('a message of Noise is handed to the connection in one piece', async () => {
    const [dialling, listening] = multiaddrConnectionPair()
    const pieces: unknown[] = []
    const send = dialling.send.bind(dialling)
    dialling.send = (data) => {
      pieces.push(data)
      return send(data)
    }
    const encrypter = async () => {
      const privateKey = await generateKeyPair('Ed25519')
      const components = {
        privateKey,
        logger: defaultLogger(),
        upgrader: { getStreamMuxers: () => new Map() }
      }
      return noiseInOnePiece()(components as unknown as Parameters<ReturnType<typeof noiseInOnePiece>>[0])
    }
    const [one, other] = await Promise.all([encrypter(), encrypter()])
    const [secured, peer] = await Promise.all([one.secureOutbound(dialling), other.secureInbound(listening)])
    const heard = new Promise<Uint8Array>((resolve) =>
      (peer.connection as MessageStream).addEventListener('message', ({ data }) => resolve(data.subarray()))
    )
    secured.connection.send(Uint8Array.of(1, 2, 3))
    expect([...(await heard)]).to.deep.equal([1, 2, 3])
    // Two messages of the handshake, and that one.
    expect(pieces).to.have.length(3)
    for (const piece of pieces) expect(piece).to.be.instanceOf(Uint8Array)
  })
})
