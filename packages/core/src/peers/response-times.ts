import { LRU } from 'tiny-lru'

/** How long members take to answer, and which of them are worth the wait. */
export interface ResponseTimes {
  /** Whether to ask this member now; one that is slow is asked now and then, to see whether it still is. */
  isWorthAsking(peerId: string): boolean
  /** It answered, or somebody else had answered after this long, ms. */
  answered(peerId: string, tookMs: number): void
  /** It did not answer in time. */
  late(peerId: string): void
  /** GitHub answered after this long, ms. */
  github(tookMs: number): void
}

export interface ResponseTimesOptions {
  localNow: () => number
  /** A peer that answers within this is not slow, however fast GitHub is, ms. */
  slowMs: number
  /** What counts for who did not answer in time, ms. */
  lateMs: number
}

interface Record {
  averageMs: number | undefined
  /** Times in a row that it did not answer in time. */
  lates: number
  askAgainAt: number
  /** Questions that it was spared for being slow. */
  spared: number
}

const maxPeers = 4096
/** Of an average, what the newest time counts. */
const weight = 0.25
const latesAllowed = 3
const pauseMs = 30_000
const maxPauseMs = 600_000
const slowAskedOneIn = 8

/**
 * A member that never answers in time is left alone for half a minute, then twice as long, up to ten minutes. One that
 * answers in time but later than GitHub would is asked one time in eight: its answers still save quota, but cost patience.
 */
export function createResponseTimes({ localNow, slowMs, lateMs }: ResponseTimesOptions): ResponseTimes {
  const peers = new LRU<Record>(maxPeers)
  let githubMs: number | undefined
  const averaged = (before: number | undefined, ms: number) =>
    before === undefined ? ms : before + (ms - before) * weight

  function of(peerId: string): Record {
    const known = peers.get(peerId) ?? { averageMs: undefined, lates: 0, askAgainAt: 0, spared: 0 }
    peers.set(peerId, known)
    return known
  }

  return {
    isWorthAsking(peerId) {
      const peer = peers.get(peerId)
      if (!peer) return true
      if (peer.lates >= latesAllowed) return localNow() >= peer.askAgainAt
      const isSlow = githubMs !== undefined && (peer.averageMs ?? 0) > Math.max(githubMs, slowMs)
      return !isSlow || peer.spared++ % slowAskedOneIn === slowAskedOneIn - 1
    },
    answered(peerId, tookMs) {
      const peer = of(peerId)
      peer.averageMs = averaged(peer.averageMs, tookMs)
      peer.lates = 0
    },
    late(peerId) {
      const peer = of(peerId)
      peer.lates++
      peer.averageMs = averaged(peer.averageMs, lateMs)
      const doubled = pauseMs * 2 ** Math.max(0, peer.lates - latesAllowed)
      peer.askAgainAt = localNow() + Math.min(doubled, maxPauseMs)
    },
    github(tookMs) {
      githubMs = averaged(githubMs, tookMs)
    }
  }
}
