import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { type Group, openGroup } from '../../packages/core/src/group/group.ts'
import { createSecret } from '../../packages/core/src/group/secret.ts'
import { createExchange } from '../../packages/core/src/libp2p/exchange.ts'
import { packEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import { type Answer, decodeAnswer, encodeQuestion } from '../../packages/core/src/protocol/wire.ts'
import { createRelay, type Relay, type RelayOptions } from '../src/index.ts'

export type LeafNode = Libp2p<{ pubsub: GossipSub }>

/** As much of a relay as is needed to come to it. */
export type Where = Pick<Relay, 'peerId' | 'addresses'>

/** A member of a group as a relay sees one, bare: it shows proofs, gossips, and takes what it hears as it is. */
export interface Leaf {
  readonly node: LeafNode
  readonly peerId: string
  /** Shows a proof to whom it is connected to; the answer. */
  show(peerId: string, proof: Uint8Array): Promise<Answer | undefined>
  /** Dials; resolves when its group's topic is there. */
  dial(relay: Where): Promise<void>
  /** The same, and shows its group's proof at once. */
  join(relay: Where): Promise<void>
  /** Resolves when it has a reservation, which it asks for by itself. */
  reserve(relay: Where): Promise<void>
  publish(text: string): Promise<void>
  /** Resolves once it has heard all of these, whatever else. */
  heard(...texts: string[]): Promise<void>
  readonly disconnects: number
}

const texts = new TextDecoder()
const bytes = new TextEncoder()
const lifetimeMs = 24 * 3_600_000
export const newGroup = (): Promise<Group> => openGroup(createSecret(), Date.now, lifetimeMs)

export function createLeaves() {
  const nodes = new Set<LeafNode>()
  const relays = new Set<Relay>()

  return {
    async relay(options: RelayOptions = {}): Promise<Relay> {
      const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, ...options })
      relays.add(relay)
      await relay.start()
      return relay
    },

    /** A node that has not joined yet. */
    async leaf(group: Group, privateKey?: PrivateKey): Promise<Leaf> {
      const node: LeafNode = await createLibp2p({
        privateKey: privateKey ?? (await generateKeyPair('Ed25519')),
        addresses: { listen: ['/p2p-circuit'] },
        transports: [tcp(), circuitRelayTransport()],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        connectionMonitor: { enabled: false },
        services: {
          identify: identify(),
          ping: ping(),
          pubsub: gossipsub({ allowPublishToZeroTopicPeers: true, scoreParams: { IPColocationFactorWeight: 0 } })
        }
      })
      nodes.add(node)
      const peerId = node.peerId.toString()
      const exchange = createExchange(node, { async *request() {} })
      const messages = new Set<string>()
      const waiting = new Set<() => void>()
      let disconnects = 0
      node.addEventListener('peer:disconnect', () => disconnects++)
      node.services.pubsub.addEventListener('message', ({ detail }) => {
        messages.add(texts.decode(detail.data.subarray(105)))
        for (const look of waiting) look()
      })
      node.services.pubsub.subscribe(group.topic)

      async function begin(relay: Where, then: () => Promise<void>): Promise<void> {
        const subscribed = new Promise<void>((resolve) => {
          node.services.pubsub.addEventListener('subscription-change', ({ detail }) => {
            if (detail.subscriptions.some((one) => one.topic === group.topic && one.subscribe)) resolve()
          })
        })
        await node.dial(multiaddr(tcpOf(relay)))
        await then()
        await subscribed
      }

      const self: Leaf = {
        node,
        peerId,
        get disconnects() {
          return disconnects
        },
        async show(to, proof) {
          const signal = AbortSignal.timeout(60_000)
          for await (const frame of exchange.request(to, encodeQuestion({ version: 1, type: 'proof', proof }), {
            signal
          })) {
            return decodeAnswer(frame)
          }
          return undefined
        },
        dial: (relay) => begin(relay, async () => {}),
        join: (relay) =>
          begin(relay, async () => {
            const answer = await self.show(relay.peerId, await group.proofFor(peerId))
            if (answer?.type !== 'relay') throw new Error(`the relay answered ${JSON.stringify(answer)}`)
          }),
        async reserve(relay) {
          const there = () => node.getMultiaddrs().some((one) => String(one).includes(`${relay.peerId}/p2p-circuit`))
          if (there()) return
          await new Promise<void>((resolve) => {
            const look = () => {
              if (!there()) return
              node.removeEventListener('self:peer:update', look)
              resolve()
            }
            node.addEventListener('self:peer:update', look)
            look()
          })
        },
        async publish(text) {
          const proof = await group.proofFor(peerId)
          await node.services.pubsub.publish(group.topic, packEnvelope({ proof, sealed: bytes.encode(text) }))
        },
        async heard(...all) {
          const missing = () => all.filter((text) => !messages.has(text))
          if (missing().length === 0) return
          await new Promise<void>((resolve) => {
            const look = () => {
              if (missing().length > 0) return
              waiting.delete(look)
              resolve()
            }
            waiting.add(look)
            look()
          })
        }
      }
      return self
    },

    async end(): Promise<void> {
      await Promise.all([...nodes].map((node) => node.stop()))
      nodes.clear()
      await Promise.all([...relays].map((relay) => relay.stop()))
      relays.clear()
    }
  }
}

export const tcpOf = ({ addresses }: Where): string =>
  addresses.find((address) => /\/tcp\/\d+\/p2p\//.test(address)) as string
