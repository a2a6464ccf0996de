import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { libp2pTransport, type Transport } from 'ghmesh'
import { type Group, openGroup } from '../../packages/core/src/group/group.ts'
import { packEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeGossip,
  encodeQuestion,
  type Gossip,
  type Question,
  type ToldMember
} from '../../packages/core/src/protocol/wire.ts'
import { collect, dayMs } from './world.ts'

/** A member with the secret, over real libp2p, that says what it likes when it likes. */
export interface Liar {
  readonly transport: Transport
  readonly group: Group
  readonly peerId: string
  /** Connects to a member and is one of its group. */
  join(address: string): Promise<void>
  /** Publishes a message; bytes are sealed as they are. Resolves to how many it was sent to. */
  says(message: Gossip | Uint8Array): Promise<number>
  /** Asks a member; bytes are sent as they are. */
  asks(peerId: string, question: Question | Uint8Array): Promise<unknown[]>
  /** What it answers to `get`; replaced by attacks. */
  answer(question: Question & { type: 'get' }, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** What it says to have. */
  keys: [Uint8Array, Uint8Array, number][]
  /** Whom it says to know. */
  members: ToldMember[]
  /** How often it was asked what it has. */
  readonly listed: number
  stop(): Promise<void>
}

const presence = { name: 'liar', version: '1.0.0', addresses: [], stats: {} }

export async function createLiar(secret: string): Promise<Liar> {
  const group = await openGroup(secret, Date.now, dayMs)
  const transport = libp2pTransport({
    listenPort: 0,
    forceLocalhost: true,
    privateKey: privateKeyToProtobuf(await generateKeyPair('Ed25519'))
  })
  let listed = 0
  const liar: Liar = {
    transport,
    group,
    get listed() {
      return listed
    },
    get peerId() {
      return transport.peerId
    },
    async join(address) {
      const peerId = await transport.dial(address)
      const proof = await group.proofFor(transport.peerId)
      await collect(transport.request(peerId, encodeQuestion({ version: 1, type: 'proof', proof })))
    },
    async says(message) {
      const bytes = message instanceof Uint8Array ? message : encodeGossip(message)
      const proof = await group.proofFor(transport.peerId)
      const sealed = await group.sealGossip(bytes, transport.peerId)
      return (await transport.publish(packEnvelope({ proof, sealed }))).recipients
    },
    async asks(peerId, question) {
      const bytes = question instanceof Uint8Array ? question : encodeQuestion(question)
      try {
        return (await collect(transport.request(peerId, bytes, { signal: AbortSignal.timeout(10_000) }))).map(
          decodeAnswer
        )
      } catch {
        return [] // it had enough of this
      }
    },
    async *answer() {
      yield encodeAnswer({ type: 'none' })
    },
    keys: [],
    members: [],
    stop: () => transport.stop()
  }
  await transport.start([group.topic], {
    message: async () => 'accept',
    async *request(_from, bytes, { signal }) {
      const question = decodeQuestion(bytes)
      if (question?.type === 'proof') {
        const proof = await group.proofFor(transport.peerId)
        yield encodeAnswer({ type: 'proof', proof, presence: { ...presence, sentAt: Date.now() } })
      } else if (question?.type === 'list') {
        listed++
        yield encodeAnswer({ type: 'keys', items: liar.keys })
      } else if (question?.type === 'members') yield encodeAnswer({ type: 'members', items: liar.members })
      else if (question?.type === 'get') yield* liar.answer(question, signal)
    },
    connect() {},
    disconnect() {}
  })
  return liar
}
