import type { Group } from '../group/group.ts'
import type { CheckedProof } from '../group/proof.ts'
import type { PresenceMessage } from '../protocol/wire.ts'
import type { Reputation } from './reputation.ts'
import type { Roster } from './roster.ts'

/** A peer's answer to our proof. */
export interface ShownProof {
  proof: Uint8Array
  /** Absent from a member of an older version. */
  presence?: PresenceMessage | undefined
}

/** Both sides show each other their proof of the group; only then is a peer a member. */
export interface Handshake {
  /** Checks a peer's proof and resolves to ours. The peer is asked for its own answer in turn. */
  prove(peerId: string, proof: Uint8Array): Promise<Uint8Array | undefined>
  /** Shows our proof and checks the peer's: only a peer that has accepted ours answers requests. */
  introduce(peerId: string): Promise<void>
}

export interface HandshakeOptions {
  /** The group whose proof this member shows. */
  group: Pick<Group, 'proofFor'>
  ownId(): string
  checkProof(proof: Uint8Array, peerId: string): Promise<(CheckedProof & { group: Group }) | undefined>
  roster: Pick<Roster, 'prove' | 'join' | 'isMember'>
  reputation: Pick<Reputation, 'reject'>
  /** Shows our proof to a peer and resolves to its own; `relay` where it is one. */
  exchangeProofs(peerId: string): Promise<ShownProof | 'relay' | undefined>
  /** A peer has become a member. */
  joined(peerId: string, presence: PresenceMessage | undefined): Promise<void>
}

export function createHandshake(options: HandshakeOptions): Handshake {
  const { group, ownId, checkProof, roster, reputation, exchangeProofs, joined } = options
  const introducing = new Set<string>()

  async function introduce(peerId: string): Promise<void> {
    if (introducing.has(peerId) || roster.isMember(peerId)) return
    introducing.add(peerId)
    const shown = await exchangeProofs(peerId)
    introducing.delete(peerId)
    if (shown === 'relay') return // not one of ours: it is disconnected like any peer without a proof
    const checked = shown && (await checkProof(shown.proof, peerId))
    if (checked && roster.join(peerId, checked.group)) await joined(peerId, shown.presence)
    else if (shown && !checked) reputation.reject(peerId, 'proof')
  }

  return {
    introduce,
    async prove(peerId, proof) {
      const checked = await checkProof(proof, peerId)
      if (!checked) {
        reputation.reject(peerId, 'proof')
        return undefined
      }
      roster.prove(peerId, checked.group)
      void introduce(peerId)
      return group.proofFor(ownId())
    }
  }
}
