import { staticPeers } from '../discovery/static.ts'
import { createDialler, type DiallerOptions } from './dialler.ts'
import { createRelays, type RelaysOptions } from './relays.ts'
import type { Roster } from './roster.ts'
import { createVisits } from './visits.ts'

export interface LinksOptions
  extends Pick<
      DiallerOptions,
      'transport' | 'discovery' | 'limits' | 'emit' | 'name' | 'localNow' | 'steadyNow' | 'random'
    >,
    Pick<RelaysOptions, 'relays' | 'groups' | 'accepted' | 'hasShelf'> {
  say: RelaysOptions['requests']
}

/** What links need of how members meet. */
interface LinksCalls extends Pick<DiallerOptions, 'isPresent' | 'hasSpoken'>, Pick<RelaysOptions, 'reserved'> {
  /** Shows this member's proof to a peer. */
  introduce(peerId: string): Promise<void>
}

/** Makes connections and gives them up: to neighbours, to relays, and to members that are asked a question. */
export function createLinks(
  options: LinksOptions,
  roster: Roster,
  { isPresent, hasSpoken, reserved, introduce }: LinksCalls
) {
  const { groups, transport, limits, emit, name, localNow, steadyNow, random } = options
  const { isConnected } = roster
  const visits = createVisits({
    transport,
    roster,
    limits,
    localNow: steadyNow,
    isBusy: () => dialler.isBusy(),
    dial: (peerId, signal) => dialler.visit(peerId, signal),
    isNeighbour: (peerId) => dialler.isWanted(peerId)
  })
  const relays = createRelays({
    relays: options.relays,
    transport,
    requests: options.say,
    groups,
    isConnected,
    accepted: options.accepted,
    hasShelf: options.hasShelf,
    reserved
  })
  const dialler = createDialler({
    transport,
    discovery: [...options.discovery, ...(options.relays.length > 0 ? [staticPeers([...options.relays])] : [])],
    limits,
    emit,
    name,
    localNow,
    steadyNow,
    random,
    isConnected,
    isPresent,
    hasSpoken,
    isVisited: visits.has,
    isRelay: relays.has,
    ticked() {
      relays.tick()
      visits.tick()
      // Its answer to our proof may have been lost.
      for (const peerId of roster.halfKnown()) void introduce(peerId)
      for (const peerId of roster.beyond(limits.maxMembers))
        if (!dialler.isNamed(peerId)) void transport.disconnect(peerId)
    }
  })
  return { visits, relays, dialler }
}

export type Links = ReturnType<typeof createLinks>
