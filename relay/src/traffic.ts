import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Reason, Tally } from './tally.ts'

/** What the gossip of each peer may cost, and how much rubbish it may send. */
export interface Traffic {
  /** Takes one frame, of whatever content, from the allowance of who sent it. */
  frame(peerId: string, bytes: number): boolean
  /** Takes one message from the allowance of who handed it over. */
  handed(peerId: string, bytes: number): boolean
  /** Takes one message from the allowance of who published it, and of its group. */
  published(peerId: string, groupId: string, bytes: number): boolean
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

/** @param groups How many there are to share what the relay takes of all. */
export function createTraffic(
  limits: RelayLimits,
  tally: Tally,
  now: () => number,
  groups: () => number,
  shutOut: (peerId: string) => void
): Traffic {
  // Half of what the relay takes is divided among the groups, half is for whoever comes: so one group can use most of it
  // where it is alone, and never the part of another.
  const half = limits.messagesPerSecondOfAll / 2
  const common = createBucket(half, 2 * half, now)
  const shares = new LRUCache<string, Bucket>({
    max: 2 * limits.groups,
    memoMethod: () => createBucket(() => half / Math.max(1, groups()), limits.messagesBurstOfGroup, now)
  })
  const bytes = (perSecond: number) => createBucket(perSecond, 4 * perSecond, now)

  const peers = new LRUCache<string, Allowance>({
    max: limits.rememberedPeers,
    memoMethod: () => ({
      frames: createBucket(limits.framesPerSecond, limits.framesBurst, now),
      // What is over the allowance of messages is dropped; only who goes on sending all the same runs out of this.
      frameBytes: createBucket(2 * limits.handedBytesPerSecond, 16 * limits.handedBytesPerSecond, now),
      handed: createBucket(limits.handedPerSecond, limits.handedBurst, now),
      handedBytes: bytes(limits.handedBytesPerSecond),
      published: createBucket(limits.messagesPerSecond, limits.messagesBurst, now),
      publishedBytes: bytes(limits.messageBytesPerSecond),
      rejected: 0
    })
  })
  const allowed = (is: boolean): boolean => {
    if (!is) tally.rejected('message-rate')
    return is
  }

  return {
    frame(peerId, size) {
      const { frames, frameBytes } = peers.memo(peerId)
      return frames.take() && frameBytes.take(size)
    },
    handed(peerId, size) {
      const { handed, handedBytes } = peers.memo(peerId)
      return allowed(handed.take() && handedBytes.take(size))
    },
    published(peerId, groupId, size) {
      const { published, publishedBytes } = peers.memo(peerId)
      if (!published.take() || !publishedBytes.take(size)) return allowed(false)
      return allowed(shares.memo(groupId).take() || common.take())
    },
    reject(peerId, reason) {
      tally.rejected(reason)
      const peer = peers.memo(peerId)
      if (++peer.rejected < limits.rejectedMessages) return
      peer.rejected = 0
      shutOut(peerId)
    }
  }
}
