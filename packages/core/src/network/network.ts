import { within } from '../abort.ts'
import { createPublish } from '../exchange/publish.ts'
import type { Members, OwnSide } from '../members.ts'
import type { Company } from '../peers/company.ts'
import { createAnswering } from './answering.ts'
import { type Asking, createAsking } from './asking.ts'
import { companyOf } from './company.ts'
import { createDoor } from './door.ts'
import { createKnowledge } from './knowledge.ts'
import type { NetworkParts, Side } from './side.ts'
import { createTelling } from './telling.ts'

/** Puts together what this member is among the others. */
export function createNetwork(parts: NetworkParts, own: OwnSide): Members {
  const { groups, transport } = parts
  const { limits, emit, localNow, clock } = own
  const side: Side = { ...parts, group: groups[0], own }
  const knowledge = createKnowledge(side)
  const door = createDoor(side, knowledge)
  const { shelf } = door
  const publish = createPublish({
    group: side.group,
    transport,
    limits,
    localNow,
    emit,
    known: () => company.roster.known().length,
    connected: () => company.roster.list().length,
    mayShare: own.mayShare
  })
  const company: Company = companyOf(side, knowledge, door, publish, () => asking)
  const asking: Asking = createAsking(side, knowledge, door, company, publish)
  const answering = createAnswering(side, knowledge, door, company, asking)
  const { roster } = company
  let hasReadClock = false
  /** What a connection brings just before it closes can be lost. Who answers a question, here about no key, has had all before it. */
  const arrived = () =>
    Promise.all(roster.list().map(({ id }) => asking.requests.lease(id, new Uint8Array(32), { state: 'failed' })))
  return {
    isAlone: false,
    isElsewhere: false,
    get peerId() {
      return transport.peerId
    },
    get addresses() {
      return transport.addresses
    },
    get knownPeers() {
      return roster.known().length
    },
    values: asking.values,
    reputation: knowledge.reputation,
    sameToken: asking.sameToken,
    async start() {
      const topics = groups.map(({ topic }) => topic)
      await transport.start(topics, { ...answering, ...company.handlers })
      void knowledge.shareable.load(own.expired)
      company.start()
    },
    retryNow: company.retryNow,
    lookUp: asking.lookup.find,
    githubTook(ms) {
      knowledge.responseTimes.github(ms)
      if (hasReadClock || !clock.fromOrigin) return
      hasReadClock = true
      knowledge.purges.timeIsKnown()
      company.changed()
    },
    used: knowledge.unasked.used,
    get canTell() {
      return roster.list().length > 0 || (shelf?.isThere ?? false)
    },
    ...createTelling(side, knowledge, door, company, publish),
    peers: roster.list,
    relays: company.relays.list,
    holders: asking.lookup.holders,
    stats: () => company.records.stats(parts.name),
    async stop() {
      asking.prefetch.stop()
      asking.leases.stop()
      company.rest()
      await within(Promise.all([publish.flush().then(arrived), shelf?.idle()]), limits.stopMs)
      shelf?.stop()
      publish.stop()
      await company.stop()
    }
  }
}
