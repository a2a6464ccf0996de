import { TopicValidatorResult } from '@libp2p/gossipsub'
import { topicOf } from 'ghmesh/protocol'
import type { Inside } from './gossip.ts'
import type { RelayLimits } from './limits.ts'
import type { MessageCheck } from './message-check.ts'

/** The gossip topics that are joined, one for each group; one without members is left after a while. */
export interface Topics {
  /** Call it before the node starts. */
  attach(pubsub: Inside): void
  /** Whether one more group can be served; makes room by leaving one that has no members. */
  admits(groupId: string): boolean
  /** A group has its first member. */
  join(groupId: string): void
  /** A group has no members any more. */
  linger(groupId: string): void
  /** Leaves all at once. */
  stop(): void
  readonly count: number
}

export function createTopics(limits: RelayLimits, check: MessageCheck): Topics {
  const joined = new Set<string>()
  const lingering = new Map<string, ReturnType<typeof setTimeout>>()
  let pubsub: Inside | undefined

  const started = () => (pubsub?.isStarted() ? pubsub : undefined)

  function stay(groupId: string): void {
    clearTimeout(lingering.get(groupId))
    lingering.delete(groupId)
  }

  function leave(groupId: string): void {
    stay(groupId)
    joined.delete(groupId)
    const topic = topicOf(groupId)
    pubsub?.topicValidators.delete(topic)
    pubsub?.allowedTopics.delete(topic)
    started()?.unsubscribe(topic)
  }

  return {
    attach(made) {
      pubsub = made
    },
    admits(groupId) {
      if (joined.has(groupId) || joined.size < limits.groups) return true
      const [oldest] = lingering.keys()
      if (oldest === undefined) return false
      leave(oldest)
      return true
    },
    join(groupId) {
      stay(groupId)
      if (joined.has(groupId) || !pubsub) return
      joined.add(groupId)
      const topic = topicOf(groupId)
      pubsub.allowedTopics.add(topic)
      pubsub.topicValidators.set(topic, async (through, message) => {
        if (message.type !== 'signed') return TopicValidatorResult.Reject
        return await check(groupId, through.toString(), message.from.toString(), message.data)
      })
      started()?.subscribe(topic)
    },
    linger(groupId) {
      const timer = setTimeout(leave, limits.groupLingerMs, groupId)
      timer.unref()
      lingering.set(groupId, timer)
    },
    stop() {
      for (const groupId of [...joined]) leave(groupId)
    },
    get count() {
      return joined.size
    }
  }
}
