import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createExchange } from '../../packages/core/src/libp2p/exchange.ts'
import { type Answer, decodeAnswer, encodeQuestion } from '../../packages/core/src/protocol/wire.ts'
import { tcpOf, type Where } from './leaves.ts'

const hop = '/libp2p/circuit/relay/0.2.0/hop'
/** Of circuit relay v2: what a relay answers to a reservation or circuit. */
export const status = { ok: 100, refused: 200, resourceLimit: 201, permissionDenied: 202, noReservation: 204 }

/** The least that can speak to a relay, quick to make, and without manners of its own. */
export interface Bare {
  readonly node: Libp2p
  readonly peerId: string
  dial(relay: Where): Promise<void>
  ask(relay: Where, question: Uint8Array): Promise<Answer | undefined>
  show(relay: Where, proof: Uint8Array): Promise<Answer | undefined>
  /** Asks for a reservation by hand; the status. */
  reserve(relay: Where): Promise<number>
  /** Resolves when the relay has ended the connection. */
  ended: Promise<void>
}

export async function createBare(): Promise<Bare> {
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
  const exchange = createExchange(node, { async *request() {} })
  const ended = new Promise<void>((resolve) => {
    node.addEventListener('peer:disconnect', () => resolve(), { once: true })
  })
  const self: Bare = {
    node,
    peerId: node.peerId.toString(),
    ended,
    dial: async (relay) => void (await node.dial(multiaddr(tcpOf(relay)))),
    async ask(relay, question) {
      for await (const frame of exchange.request(relay.peerId, question, { signal: AbortSignal.timeout(60_000) })) {
        return decodeAnswer(frame)
      }
      return undefined
    },
    show: (relay, proof) => self.ask(relay, encodeQuestion({ version: 1, type: 'proof', proof })),
    async reserve(relay) {
      const [connection] = node.getConnections()
      if (!connection) throw new Error(`not connected to ${relay.peerId}`)
      const stream = await connection.newStream(hop)
      const frames = lpStream(stream)
      const signal = AbortSignal.timeout(60_000)
      await frames.write(Uint8Array.of(0x08, 0x00), { signal }) // field 1, type: RESERVE
      const answer = (await frames.read({ signal })).subarray()
      await stream.close({ signal })
      // Field 5, the status, is the last, and a varint of one or two bytes.
      const at = answer.lastIndexOf(0x28)
      const [low = 0, high = 0] = answer.subarray(at + 1)
      return (low & 0x7f) | (high << 7)
    }
  }
  return self
}
