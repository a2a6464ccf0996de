import { LRU } from 'tiny-lru'

/** How long members take to answer, and which of them are worth the wait. */
export interface ResponseTimes {
  /** Whether to ask this member now; one that is slow is asked now and then, to see whether it still is. */
  isWorthAsking(peerId: string): boolean
  /** Whether it answers at all: who lets three questions in a row be answered by others, or by nobody, is left alone for a while. */
  isAnswering(peerId: string): boolean
  /** It answered after this long, ms. */
  answered(peerId: string, tookMs: number): void
  /** Somebody else answered, so long after it was asked, ms: it took longer, or would never have answered. */
  overtaken(peerId: string, afterMs: number): void
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
  /** How long its last answers took, the newest last. */
  tookMs: readonly number[]
  /** Times in a row that it did not answer in time, or that another one had answered meanwhile after a long wait. */
  lates: number
  askAgainAt: number
  /** Questions that it was spared for being slow. */
  spared: number
}

const maxPeers = 4096
/** Of the average of GitHub's times, what the newest one counts. */
const weight = 0.25
/** Times of each member that count, the newest. */
const counted = 8
/** So many of them that are all slow, and so many without an answer in time, show that it is slow, and not only busy now and then. */
const slowInARow = 4
const latesInAll = 3
const latesAllowed = 3
const pauseMs = 30_000
const maxPauseMs = 600_000
const slowAskedOneIn = 8

/**
 * A member that never answers in time is left alone for half a minute, then twice as long, up to ten minutes. One that always
 * answers later than GitHub would is asked one time in eight: its answers still save quota, but cost patience. A single slow
 * answer says little: where all were busy for a moment, all would ask different members afterwards, and GitHub more than once.
 */
export function createResponseTimes({ localNow, slowMs, lateMs }: ResponseTimesOptions): ResponseTimes {
  const peers = new LRU<Record>(maxPeers)
  let githubMs: number | undefined

  function of(peerId: string): Record {
    const known = peers.get(peerId) ?? { tookMs: [], lates: 0, askAgainAt: 0, spared: 0 }
    peers.set(peerId, known)
    return known
  }

  const isAnswering = ({ lates, askAgainAt }: Record) => lates < latesAllowed || localNow() >= askAgainAt

  function isSlow({ tookMs }: Record): boolean {
    if (githubMs === undefined) return false
    const slowest = Math.max(githubMs, slowMs)
    const last = tookMs.slice(-slowInARow)
    const lates = tookMs.filter((ms) => ms >= lateMs)
    return lates.length >= latesInAll || (last.length > 1 && last.every((ms) => ms > slowest))
  }

  function note(peerId: string, ms: number): Record {
    const peer = of(peerId)
    peer.tookMs = [...peer.tookMs, ms].slice(-counted)
    return peer
  }

  function overtaken(peerId: string, afterMs: number): void {
    const peer = note(peerId, afterMs)
    if (afterMs <= slowMs) return
    peer.lates++
    const doubled = pauseMs * 2 ** Math.max(0, peer.lates - latesAllowed)
    peer.askAgainAt = localNow() + Math.min(doubled, maxPauseMs)
  }

  return {
    isWorthAsking(peerId) {
      const peer = of(peerId)
      if (peer.lates >= latesAllowed) return isAnswering(peer)
      return !isSlow(peer) || peer.spared++ % slowAskedOneIn === slowAskedOneIn - 1
    },
    isAnswering: (peerId) => isAnswering(of(peerId)),
    answered(peerId, tookMs) {
      note(peerId, tookMs).lates = 0
    },
    overtaken,
    late: (peerId) => overtaken(peerId, lateMs),
    github(tookMs) {
      githubMs = githubMs === undefined ? tookMs : githubMs + (tookMs - githubMs) * weight
    }
  }
}
