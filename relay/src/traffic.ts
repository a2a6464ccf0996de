import { type Bucket, createBucket } from 'ghmesh/protocol'
import type { RelayLimits } from './limits.ts'
import { Recent } from './recent.ts'
import type { Reason, Tally } from './tally.ts'

/** What the gossip of each peer may cost, and how much rubbish it may send. */
export interface Traffic {
  /** Takes one frame, of whatever content, from the allowance of who sent it. */
  frame(peerId: string, bytes: number): boolean
  /** Takes one message from the allowance of who handed it over. */
  handed(peerId: string, bytes: number): boolean
  /** Takes one message from the allowance of who published it. */
  published(peerId: string, bytes: number): boolean
  /** Counts rubbish; after so much of a peer, it is shut out. */
  reject(peerId: string, reason: Reason): void
}

interface Allowance {
  frames: Bucket
  frameBytes: Bucket
  handed: Bucket
  handedBytes: Bucket
  published: Bucket
  publishedBytes: Bucket
  rejected: number
}

export function createTraffic(
  limits: RelayLimits,
  tally: Tally,
  now: () => number,
  shutOut: (peerId: string) => void
): Traffic {
  const peers = new Recent<Allowance>(limits.rememberedPeers)
  const all = createBucket(limits.messagesPerSecondOfAll, 2 * limits.messagesPerSecondOfAll, now)
  const bytes = (perSecond: number) => createBucket(perSecond, 4 * perSecond, now)

  const of = (peerId: string) =>
    peers.of(peerId, () => ({
      frames: createBucket(limits.framesPerSecond, limits.framesBurst, now),
      // What is over the allowance of messages is dropped; only who goes on sending all the same runs out of this.
      frameBytes: createBucket(2 * limits.handedBytesPerSecond, 16 * limits.handedBytesPerSecond, now),
      handed: createBucket(limits.handedPerSecond, limits.handedBurst, now),
      handedBytes: bytes(limits.handedBytesPerSecond),
      published: createBucket(limits.messagesPerSecond, limits.messagesBurst, now),
      publishedBytes: bytes(limits.messageBytesPerSecond),
      rejected: 0
    }))
  const allowed = (is: boolean): boolean => {
    if (!is) tally.rejected('message-rate')
    return is
  }

  return {
    frame(peerId, size) {
      const { frames, frameBytes } = of(peerId)
      return frames.take() && frameBytes.take(size)
    },
    handed(peerId, size) {
      const { handed, handedBytes } = of(peerId)
      return allowed(handed.take() && handedBytes.take(size))
    },
    published(peerId, size) {
      const { published, publishedBytes } = of(peerId)
      return allowed(published.take() && publishedBytes.take(size) && all.take())
    },
    reject(peerId, reason) {
      tally.rejected(reason)
      const peer = of(peerId)
      if (++peer.rejected < limits.rejectedMessages) return
      peer.rejected = 0
      shutOut(peerId)
    }
  }
}
