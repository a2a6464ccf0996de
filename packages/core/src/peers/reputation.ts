import { LRU } from 'tiny-lru'
import type { Limits } from '../limits.ts'
import type { Counters } from '../stats.ts'
import { createAllowances } from './allowances.ts'

/** What a peer may cost: its rate, and how many bad messages it can send before it is ignored. */
export interface Reputation {
  /** False while a peer is shut out: its messages are not even parsed. */
  hears(peerId: string): boolean
  /**
   * Takes one message from the allowance of its author, and of the neighbour that handed it over: one connection can bring
   * messages of any number of authors. False, and counted, when it is too much.
   */
  allows(author: string, neighbour: string, byteLength: number): boolean
  /**
   * Counts rejected data. After `rejectedMessages` of them a peer is disconnected, and shut out for a quarter of an hour: its clock
   * or its secret may have been wrong. So long after the last one, what came before is forgotten.
   */
  reject(peerId: string, reason: string): void
  /** Notes that an audit found a peer's entry to differ from GitHub's; three in an hour cost it our trust. */
  mismatch(peerId: string): void
  trusts(peerId: string): boolean
}

const hourMs = 3_600_000
const shutOutMs = hourMs / 4
const remembered = 4096

export function createReputation(
  limits: Limits,
  counters: Counters,
  localNow: () => number,
  shutOut: (peerId: string) => void
): Reputation {
  const peers = new LRU<{ rejected: number; rejectedAt: number; mismatches: number[] }>(remembered)
  const allowances = (messages: number, messagesBurst: number, bytes: number) => ({
    messages: createAllowances(messages, messagesBurst, localNow),
    bytes: createAllowances(bytes, bytes * 4, localNow)
  })
  const authors = allowances(limits.messagesPerSecond, limits.messagesBurst, limits.gossipBytesPerSecond)
  // Apart, so that invented authors cannot push a neighbour's out.
  const neighbours = allowances(limits.handedPerSecond, limits.handedBurst, limits.handedBytesPerSecond)
  const take = ({ messages, bytes }: typeof authors, peerId: string, byteLength: number) =>
    messages(peerId).take() && bytes(peerId).take(byteLength)

  function of(peerId: string) {
    const peer = peers.get(peerId) ?? { rejected: 0, rejectedAt: 0, mismatches: [] }
    peers.set(peerId, peer)
    return peer
  }

  /** A clock that was set back ends it too. */
  function rejectionsOf(peerId: string): number {
    const { rejected, rejectedAt } = peers.get(peerId) ?? { rejected: 0, rejectedAt: 0 }
    const ago = localNow() - rejectedAt
    return ago >= 0 && ago < shutOutMs ? rejected : 0
  }

  return {
    hears: (peerId) => rejectionsOf(peerId) < limits.rejectedMessages,
    allows(author, neighbour, byteLength) {
      if (take(neighbours, neighbour, byteLength) && take(authors, author, byteLength)) return true
      counters.rejected('rate')
      return false
    },
    reject(peerId, reason) {
      counters.rejected(reason)
      const peer = of(peerId)
      peer.rejected = rejectionsOf(peerId) + 1
      peer.rejectedAt = localNow()
      if (peer.rejected === limits.rejectedMessages) shutOut(peerId)
    },
    mismatch(peerId) {
      const peer = of(peerId)
      peer.mismatches = [...peer.mismatches.filter((at) => localNow() - at < hourMs), localNow()]
    },
    trusts: (peerId) =>
      (peers.get(peerId)?.mismatches.filter((at) => localNow() - at < hourMs).length ?? 0) < limits.auditMismatches
  }
}
