import type { Group } from '../group/group.ts'
import type { CheckedProof } from '../group/proof.ts'
import { createReplayWindow } from '../group/replay.ts'
import { unpackEnvelope } from '../protocol/envelope.ts'
import { decodeGossip } from '../protocol/wire.ts'
import { type ActOptions, createAct, type ValidationResult } from './act-on-gossip.ts'
import { createTurns } from './turns.ts'

export interface ReceiveOptions extends ActOptions {
  localNow: () => number
  checkProof(proof: Uint8Array, peerId: string): Promise<(CheckedProof & { group: Group }) | undefined>
  /** A member says what GitHub's clock shows, ms, in a message that this clock takes for one of the future. */
  heardTime(peerId: string, githubNow: number): void
}

/**
 * What members tell: size-checked, parsed, verified, in that order. Whatever is not of the group, late, doubled or
 * unknown is ignored; what no honest member sends is rejected, and counts against its sender.
 */
export function createReceive(
  options: ReceiveOptions
): (from: string, message: Uint8Array, through: string) => Promise<ValidationResult> {
  const { reputation, counters, limits, localNow } = options
  const replays = createReplayWindow()
  const turn = createTurns()

  const ignore = (reason: string): ValidationResult => {
    counters.rejected(reason)
    return 'ignore'
  }
  const reject = (from: string, reason: string): ValidationResult => {
    reputation.reject(from, reason)
    return 'reject'
  }
  const act = createAct(options, reject)

  async function read(from: string, message: Uint8Array, through: string): Promise<ValidationResult> {
    // A relay that hands on what another cannot prove must not lose its score for it.
    const unproven = (reason: string) => (through === from ? reject(from, reason) : ignore(reason))
    const envelope = unpackEnvelope(message)
    if (envelope === 'version') return ignore('version')
    if (envelope === 'malformed') return unproven('malformed')
    const proof = await options.checkProof(envelope.proof, from)
    if (!proof) return unproven('proof')
    const opened = await proof.group.openGossip(envelope.sealed, from)
    if (!opened) return ignore('sealed')
    if (!replays.firstTime(`${from} ${opened.salt}`, opened.counter)) return ignore('replay')
    const gossip = decodeGossip(opened.bytes)
    if (!gossip) return reject(from, 'malformed')
    if (Math.abs(localNow() - gossip.sentAt) > limits.messageAgeMs) {
      // Nobody can hold a message back into the future: one of the two clocks is wrong, perhaps this one.
      if (gossip.type === 'presence' && gossip.offset !== undefined && gossip.sentAt > localNow())
        options.heardTime(from, gossip.sentAt + gossip.offset)
      return ignore('expired')
    }
    return act(from, proof.group, gossip)
  }

  return async (from, message, through) => {
    if (!reputation.hears(from)) return 'ignore'
    if (!reputation.hears(through) || !reputation.allows(from, through, message.byteLength)) return 'ignore'
    if (message.byteLength > limits.gossipMessageBytes) return reject(from, 'size')
    return turn(() => read(from, message, through)).catch(() => 'ignore' as const)
  }
}
