import type { GossipSub } from '@libp2p/gossipsub'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Gate } from './gate.ts'
import type { RelayLimits } from './limits.ts'
import type { Tally } from './tally.ts'
import type { Traffic } from './traffic.ts'

interface Rpc {
  subscriptions: { topic?: string; subscribe?: boolean }[]
  messages: { topic: string; data?: Uint8Array }[]
  control?: { ihave?: { topicID?: string }[]; graft?: { topicID?: string }[] }
}

/** The internals of gossipsub 17.1 that are used here. */
export interface Inside extends GossipSub {
  allowedTopics: Set<string>
  topics: Map<string, Set<string>>
  mesh: Map<string, Set<string>>
  peers: Map<string, PeerId>
  streamsOutbound: Map<string, unknown>
  isStarted(): boolean
  onPeerConnected(peer: PeerId, connection: Connection): void
  sendSubscriptions(peerId: string, topics: string[], subscribe: boolean): void
  handleReceivedRpc(from: PeerId, rpc: Rpc): Promise<void>
  handlePeerReadStreamError(error: Error, from: PeerId): void
  pipePeerReadStream(from: PeerId, frames: AsyncIterable<{ byteLength: number }>): Promise<void>
  validateReceivedMessage(from: PeerId, message: Rpc['messages'][number]): Promise<{ code: string; reason?: string }>
}

/**
 * Puts a guard around gossipsub, which trusts every peer with every topic. Guarded, a peer can send and receive only in topics
 * for which it has shown a proof, learns of no others, and stays within its allowance.
 */
export function guardGossip(
  pubsub: Inside,
  limits: RelayLimits,
  mayUse: (peerId: string, topic: string) => boolean,
  gate: Gate,
  traffic: Traffic,
  tally: Tally
): void {
  const { sendSubscriptions, handleReceivedRpc, handlePeerReadStreamError, pipePeerReadStream } = pubsub
  const { validateReceivedMessage } = pubsub

  // Otherwise everybody who connects would learn the ids of all groups that are served.
  pubsub.sendSubscriptions = (peerId, topics, subscribe) => {
    const told = topics.filter((topic) => mayUse(peerId, topic))
    if (told.length > 0) sendSubscriptions.call(pubsub, peerId, told, subscribe)
  }

  async function* allowed<T extends { byteLength: number }>(from: PeerId, frames: AsyncIterable<T>): AsyncGenerator<T> {
    const peerId = from.toString()
    for await (const frame of frames) {
      if (traffic.frame(peerId, frame.byteLength)) yield frame
      else {
        tally.rejected('frame-rate')
        return gate.shutOut(peerId, 'it sends far too much')
      }
    }
  }
  pubsub.pipePeerReadStream = (from, frames) => pipePeerReadStream.call(pubsub, from, allowed(from, frames))

  // Here and not in a validator, which runs only after the signature was checked.
  pubsub.handleReceivedRpc = async (from, rpc) => {
    const peerId = from.toString()
    const may = (topic: string | undefined) => topic !== undefined && mayUse(peerId, topic)
    rpc.subscriptions = rpc.subscriptions?.filter(({ topic }) => may(topic))
    rpc.messages = rpc.messages.filter(({ topic, data }) => {
      if (may(topic)) return traffic.handed(peerId, data?.byteLength ?? 0)
      tally.rejected('message-unproven')
      return false
    })
    if (rpc.control?.graft) rpc.control.graft = rpc.control.graft.filter(({ topicID }) => may(topicID))
    if (rpc.control?.ihave) rpc.control.ihave = rpc.control.ihave.filter(({ topicID }) => may(topicID))
    await handleReceivedRpc.call(pubsub, from, rpc)
  }

  pubsub.validateReceivedMessage = async (from, message) => {
    // If the message is too large to forward, its signature is not worth checking.
    if ((message.data?.byteLength ?? 0) > limits.messageBytes) {
      traffic.reject(from.toString(), 'message-size')
      return { code: 'invalid', reason: 'reject' }
    }
    const result = await validateReceivedMessage.call(pubsub, from, message)
    if (result.code === 'invalid' && result.reason === 'error') traffic.reject(from.toString(), 'message-signature')
    return result
  }

  pubsub.handlePeerReadStreamError = (error, from) => {
    handlePeerReadStreamError.call(pubsub, error, from)
    if (!/^(InvalidDataLength|InvalidDataLengthLength|StreamBuffer|UnwrappedValue)/.test(error.name)) return
    // Gossip with it has ended on this connection; an honest peer dials again.
    tally.rejected('frame-size')
    gate.disconnect(from.toString(), `a frame of gossip has at most ${limits.frameBytes} bytes`)
  }
}
