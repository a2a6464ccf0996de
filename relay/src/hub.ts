import type { Connection } from '@libp2p/interface'
import { topicOf } from 'ghmesh/protocol'
import type { Gate } from './gate.ts'
import { guardGossip, type Inside } from './gossip.ts'
import type { RelayLimits } from './limits.ts'
import { createMessageCheck } from './message-check.ts'
import type { Proofs } from './proofs.ts'
import type { Tally } from './tally.ts'
import { createTopics, type Topics } from './topics.ts'
import { createTraffic } from './traffic.ts'

/** Forwards gossip among the members of each group, without being able to read it. */
export interface Hub extends Pick<Topics, 'admits' | 'join' | 'linger' | 'stop'> {
  /** Call it before the node starts. */
  attach(pubsub: Inside): void
  /** A peer has shown that it belongs to a group. */
  add(peerId: string, groupId: string): void
  /** A connected peer has left a group. */
  remove(peerId: string, groupId: string): void
  /** Makes sure that gossip with a proven peer runs on this connection, where it runs on no other. */
  heal(peerId: string, left: Connection): void
  readonly groups: number
}

const prefix = topicOf('')
const groupOf = (topic: string) => (topic.startsWith(prefix) ? topic.slice(prefix.length) : '')

export function createHub(limits: RelayLimits, proofs: Proofs, gate: Gate, tally: Tally, now: () => number): Hub {
  const traffic = createTraffic(
    limits,
    tally,
    now,
    () => topics.count,
    (peerId) => gate.shutOut(peerId, 'it sent too much that is wrong')
  )
  const topics = createTopics(limits, createMessageCheck(gate, proofs, traffic, tally))
  let pubsub: Inside | undefined

  function add(peerId: string, groupId: string): void {
    const topic = topicOf(groupId)
    const peer = pubsub?.peers.get(peerId)
    if (!pubsub || !peer) return // its gossip begins after its proof, and then tells it
    pubsub.sendSubscriptions(peerId, [topic], true)
    // What it said about this topic before its proof was ignored.
    void pubsub.handleReceivedRpc(peer, { subscriptions: [{ topic, subscribe: true }], messages: [] })
  }

  return {
    attach(made) {
      pubsub = made
      topics.attach(made)
      guardGossip(made, limits, (peerId, topic) => proofs.holds(peerId, groupOf(topic)), gate, traffic, tally)
    },
    admits: topics.admits,
    join: topics.join,
    linger: topics.linger,
    stop: topics.stop,
    add,
    remove(peerId, groupId) {
      const topic = topicOf(groupId)
      pubsub?.topics.get(topic)?.delete(peerId)
      pubsub?.mesh.get(topic)?.delete(peerId)
    },
    heal(peerId, left) {
      // gossipsub keeps one stream for each peer, on its first connection, and nothing brings another (js-libp2p #3531).
      const groups = proofs.groupsOf(peerId)
      if (left.status !== 'open' || groups.length === 0 || !pubsub?.isStarted()) return
      if (pubsub.streamsOutbound.has(peerId)) return
      pubsub.onPeerConnected(left.remotePeer, left)
      for (const groupId of groups) add(peerId, groupId)
    },
    get groups() {
      return topics.count
    }
  }
}
