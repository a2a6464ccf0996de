import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Reason, Tally } from './tally.ts'

/** How much each peer's gossip can cost, and how many invalid messages it can send. */
export interface Traffic {
  /** Takes one frame, whatever its content, from its sender's allowance. */
  frame(peerId: string, bytes: number): boolean
  /** Takes one message from the allowance of the peer that handed it over. */
  handed(peerId: string, bytes: number): boolean
  /** Takes one message from the allowances of its publisher and of its group. */
  published(peerId: string, groupId: string, bytes: number): boolean
  /** Counts an invalid message; after `rejectedMessages` of them the peer is blocked. */
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

/** @param groups How many groups share what the relay accepts in total. */
export function createTraffic(
  limits: RelayLimits,
  tally: Tally,
  now: () => number,
  groups: () => number,
  shutOut: (peerId: string) => void
): Traffic {
  // Half of what the relay accepts is divided among the groups, and the other half is open to all. So a group that is alone
  // can use most of it, but never the share of another.
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
      // Messages over the allowance are dropped; only a peer that keeps sending anyway uses this up.
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
