import type { Publish } from '../exchange/publish.ts'
import { type Company, createCompany } from '../peers/company.ts'
import type { Asking } from './asking.ts'
import type { Door } from './door.ts'
import type { Knowledge } from './knowledge.ts'
import type { Side } from './side.ts'

/** The members that this one is connected to, with what they ask of the rest of it. */
export function companyOf(
  side: Side,
  { reputation, checkProof }: Knowledge,
  { shelf }: Door,
  publish: Publish,
  asking: () => Asking
): Company {
  const { own } = side
  return createCompany({
    groups: side.groups,
    transport: side.transport,
    discovery: side.discovery,
    relays: side.relays,
    name: side.name,
    limits: own.limits,
    emit: own.emit,
    localNow: own.localNow,
    steadyNow: own.clock.local,
    clock: own.clock,
    random: own.random,
    reputation,
    checkProof,
    ownStats: own.ownStats,
    leases: () => !side.isHidden(),
    holds: () => asking().sameToken?.proofs() ?? [],
    heard: (peerId) => asking().sameToken?.heard(peerId),
    say: {
      presence: publish.presence,
      proof: (peerId, of) => asking().requests.proof(peerId, of),
      members: (peerId) => asking().requests.members(peerId)
    },
    joined: (peerId) => asking().catchUp(peerId),
    accepted: (relayId) => shelf?.accepted(relayId),
    hasShelf: (relayId) => shelf?.has(relayId) ?? false,
    left(peerId) {
      asking().leases.gone(peerId)
      shelf?.left(peerId)
    }
  })
}
