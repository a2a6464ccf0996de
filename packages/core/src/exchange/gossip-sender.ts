import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import { createBucket } from '../peers/bucket.ts'
import { packEnvelope } from '../protocol/envelope.ts'
import { encodeGossip, type Gossip } from '../protocol/wire.ts'
import type { Transport } from '../transport/transport.ts'

/** Sends what is said to all, sealed for the group, one message after the other and no faster than members take it. */
export interface GossipSender {
  /** Resolves to how many were told; 0 where it is lost, as gossip can be, or must not be said any more once its turn has come. */
  send(message: Gossip, maySay?: () => boolean): Promise<number>
  /** Nothing is sent any more, and nobody waits. */
  stop(): void
}

const maxWaiting = 10_000

export function createGossipSender(
  group: Pick<Group, 'sealGossip' | 'proofFor'>,
  transport: Pick<Transport, 'peerId' | 'publish'>,
  limits: Pick<Limits, 'messagesPerSecond' | 'messagesBurst' | 'gossipMessageBytes'>,
  localNow: () => number
): GossipSender {
  // Kept below what receivers allow one peer, so that an honest burst is slowed here instead of dropped there.
  const pace = createBucket(limits.messagesPerSecond * 0.8, limits.messagesBurst * 0.8, localNow)
  const waiting: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function release(): void {
    timer = undefined
    while (waiting.length > 0 && pace.take()) waiting.shift()?.()
    if (waiting.length > 0) timer = setTimeout(release, pace.waitMs())
  }

  return {
    async send(message, maySay = () => true) {
      if (stopped) return 0
      if (waiting.length > 0 || !pace.take()) {
        if (waiting.length >= maxWaiting) return 0
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
          timer ??= setTimeout(release, pace.waitMs())
        })
      }
      if (!maySay()) return 0
      const sealed = await group.sealGossip(encodeGossip(message), transport.peerId)
      const packed = packEnvelope({ proof: await group.proofFor(transport.peerId), sealed })
      if (packed.byteLength > limits.gossipMessageBytes || stopped) return 0
      return (await transport.publish(packed)).recipients
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      for (const resolve of waiting.splice(0)) resolve()
    }
  }
}
