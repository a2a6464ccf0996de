import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { Connection } from '@libp2p/interface'
import { topicOf, unpackEnvelope } from 'ghmesh/protocol'
import type { Gate } from './gate.ts'
import { guardGossip, type Inside } from './gossip.ts'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import type { Tally } from './tally.ts'
import { createTraffic } from './traffic.ts'

/** Passes gossip on among the members of each group; opens nothing. */
export interface Hub {
  /** Has to be called before the node starts. */
  attach(pubsub: Inside): void
  /** Whether one group more may be served; makes room by leaving one that has no members. */
  admits(groupId: string): boolean
  /** A group has its first member. */
  join(groupId: string): void
  /** A group has no member any more: it is left after a while. */
  linger(groupId: string): void
  /** A peer has shown to be of a group. */
  add(peerId: string, groupId: string): void
  /** A connected peer is not of a group any more. */
  remove(peerId: string, groupId: string): void
  /** Sees to it that there is gossip with a proven peer on this connection, where it has none on another. */
  heal(peerId: string, left: Connection): void
  stop(): void
  readonly groups: number
}

const prefix = topicOf('')
const groupOf = (topic: string) => (topic.startsWith(prefix) ? topic.slice(prefix.length) : '')

export function createHub(limits: RelayLimits, proofs: Proofs, gate: Gate, tally: Tally, now: () => number): Hub {
  const joined = new Set<string>()
  const lingering = new Map<string, ReturnType<typeof setTimeout>>()
  const traffic = createTraffic(
    limits,
    tally,
    now,
    () => joined.size,
    (peerId) => gate.shutOut(peerId, 'it sent too much that is wrong')
  )
  let pubsub: Inside | undefined

  const { Accept, Ignore, Reject } = TopicValidatorResult
  const running = () => (pubsub?.isStarted() ? pubsub : undefined)

  /** One message, already signed by its sender; in the order of the protocol. */
  async function judge(
    groupId: string,
    through: string,
    from: string,
    data: Uint8Array
  ): Promise<TopicValidatorResult> {
    if (gate.isShutOut(from) || !traffic.published(from, groupId, data.byteLength)) return Ignore
    const envelope = unpackEnvelope(data)
    if (envelope === 'version') {
      tally.rejected('message-version')
      return Ignore
    }
    const malformed = envelope === 'malformed'
    const proof = malformed ? undefined : await proofs.check(envelope.proof, from)
    if (proof?.groupId === groupId) {
      proofs.renew(from, proof)
      tally.message(data.byteLength)
      return Accept
    }
    const reason = malformed ? 'message-malformed' : 'message-proof'
    if (from !== through) {
      tally.rejected(reason) // whoever handed it over may be a relay that saw the proof hold
      return Ignore
    }
    traffic.reject(from, reason)
    return Reject
  }

  function leave(groupId: string): void {
    clearTimeout(lingering.get(groupId))
    lingering.delete(groupId)
    joined.delete(groupId)
    const topic = topicOf(groupId)
    pubsub?.topicValidators.delete(topic)
    pubsub?.allowedTopics.delete(topic)
    running()?.unsubscribe(topic)
  }

  return {
    attach(made) {
      pubsub = made
      guardGossip(made, limits, (peerId, topic) => proofs.holds(peerId, groupOf(topic)), gate, traffic, tally)
    },
    admits(groupId) {
      if (joined.has(groupId) || joined.size < limits.groups) return true
      const [oldest] = lingering.keys()
      if (oldest === undefined) return false
      leave(oldest)
      return true
    },
    join(groupId) {
      clearTimeout(lingering.get(groupId))
      lingering.delete(groupId)
      if (joined.has(groupId) || !pubsub) return
      joined.add(groupId)
      const topic = topicOf(groupId)
      pubsub.allowedTopics.add(topic)
      pubsub.topicValidators.set(topic, async (through, message) => {
        if (message.type !== 'signed') return Reject
        return await judge(groupId, through.toString(), message.from.toString(), message.data)
      })
      running()?.subscribe(topic)
    },
    linger(groupId) {
      const timer = setTimeout(leave, limits.groupLingerMs, groupId)
      timer.unref()
      lingering.set(groupId, timer)
    },
    add(peerId, groupId) {
      const topic = topicOf(groupId)
      const peer = pubsub?.peers.get(peerId)
      if (!pubsub || !peer) return // its gossip begins after its proof, and tells by itself
      pubsub.sendSubscriptions(peerId, [topic], true)
      // What it said of this topic before its proof was not heard.
      void pubsub.handleReceivedRpc(peer, { subscriptions: [{ topic, subscribe: true }], messages: [] })
    },
    remove(peerId, groupId) {
      const topic = topicOf(groupId)
      pubsub?.topics.get(topic)?.delete(peerId)
      pubsub?.mesh.get(topic)?.delete(peerId)
    },
    heal(peerId, left) {
      // gossipsub keeps one stream for each peer, on its first connection, and nothing brings another (js-libp2p #3531).
      const groups = proofs.groupsOf(peerId)
      if (left.status !== 'open' || groups.length === 0 || !running() || pubsub?.streamsOutbound.has(peerId)) return
      pubsub?.onPeerConnected(left.remotePeer, left)
      for (const groupId of groups) this.add(peerId, groupId)
    },
    stop() {
      for (const groupId of [...joined]) leave(groupId)
    },
    get groups() {
      return joined.size
    }
  }
}
