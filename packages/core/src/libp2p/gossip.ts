import { type GossipSub, type GossipsubOpts, TopicValidatorResult } from '@libp2p/gossipsub'
import type { Connection, PeerId } from '@libp2p/interface'
import { hex } from '../bytes.ts'
import type { TransportHandlers } from '../transport/transport.ts'

/** Things of one kind in one frame. */
const rpcEntries = 256

/** gossipsub's, where its defaults are not for groups of members that share addresses and relays. */
export const gossipSettings: Partial<GossipsubOpts> = {
  allowPublishToZeroTopicPeers: true,
  // What a heartbeat does for members with few links (who is missing a message, who has gone) is not urgent, and wakes a laptop.
  heartbeatInterval: 3000,
  // Else each of a dozen copies of a message has its signature checked before it is seen to be one.
  fastMsgIdFn: ({ signature }) => hex(signature ?? new Uint8Array()),
  // Few copies, yet a member at which dozens hang still hands on to all of them.
  D: 2,
  Dlo: 2,
  Dhi: 64,
  Dout: 1,
  floodPublish: false,
  // Below this, saying that a message is here already costs more than the message.
  idontwantMinDataSize: 4096,
  // A member that missed a message hears of it from one of these; with all, a large group says little else.
  Dlazy: 2,
  gossipFactor: 0.05,
  // What honest members send is far below; without, one frame can name a million of each.
  decodeRpcLimits: {
    maxSubscriptions: rpcEntries,
    maxMessages: rpcEntries,
    maxIhaveMessageIDs: 5000,
    maxIwantMessageIDs: 5000,
    maxIdontwantMessageIDs: 512,
    maxControlMessages: rpcEntries,
    maxPeerInfos: 0
  },
  // Members share addresses; by default the eleventh behind one goes silent without a word.
  scoreParams: { IPColocationFactorWeight: 0 }
}

/** Subscribes to `topics`; only what the handler accepts is handed on to others. */
export function hearTopics(
  pubsub: GossipSub,
  topics: readonly string[],
  { message: heard }: Pick<TransportHandlers, 'message'>
): void {
  const results = {
    accept: TopicValidatorResult.Accept,
    ignore: TopicValidatorResult.Ignore,
    reject: TopicValidatorResult.Reject
  }
  for (const name of topics) {
    pubsub.topicValidators.set(name, async (source, message) => {
      if (message.type !== 'signed') return TopicValidatorResult.Reject
      return results[await heard(message.from.toString(), message.data, source.toString())]
    })
    pubsub.subscribe(name)
  }
}

/**
 * gossipsub keeps one stream for each peer, bound to the connection on which it was opened; when that closes and another
 * stays, gossip between the two is dead for good (js-libp2p #3531). So it is told of the one that is left.
 */
export function healGossip(
  node: { getConnections(peer: PeerId): Connection[]; services: { pubsub: object } },
  { remotePeer }: Connection
): void {
  const left = node.getConnections(remotePeer).find(({ status, limits }) => status === 'open' && limits === undefined)
  if (!left) return
  const { pubsub } = node.services as { pubsub: { onPeerConnected?(peer: PeerId, connection: Connection): void } }
  // After gossipsub's own handlers of the same event.
  setTimeout(() => left.status === 'open' && pubsub.onPeerConnected?.(remotePeer, left), 50)
}
