import { inTime } from '../abort.ts'
import type { Group } from '../group/group.ts'
import type { Transport } from '../transport/transport.ts'
import type { ShownProof } from './handshake.ts'

/** What a relay calls itself where a probe asks: no name that a machine has. */
export const relayName = 'a relay'

/** A relay that this member was told of. */
export interface Relay {
  id: string
  /** As it was given; the first of several. */
  address: string
  /** `reserved`: others reach this member through it. `connected`: not yet, or it gives no place. */
  state: 'away' | 'connected' | 'reserved'
  /** It keeps what members leave for those that come later. */
  shelf?: true
  /** What it did not take or give when it was last asked: this member's proof (of a group that it does not serve), or a place. */
  refused?: 'proof' | 'place'
}

export interface RelaysOptions {
  /** Multiaddrs, each ending in the relay's peer id. */
  relays: readonly string[]
  transport: Pick<Transport, 'addresses' | 'reserve'>
  /** Shows the proof of a group; resolves to the peer's own, or to `relay`. */
  requests: { proof(peerId: string, of?: Group): Promise<ShownProof | 'relay' | undefined> }
  groups: readonly Group[]
  isConnected(peerId: string): boolean
  /** A relay has taken the proof of this member's own group, as after each connection. */
  accepted(relayId: string): void
  /** A relay keeps something for members that come later. */
  hasShelf(relayId: string): boolean
  /** There is a new way to reach this member. */
  reserved(): void
}

const maxRoundsBetween = 20
/** An hour, in rounds of three seconds (`limits.dialMs`): proofs last for twelve at least. */
const roundsShown = 1200
/** Longer than a relay waits for a proof; a relay that answers later is asked again. */
const reserveMs = 15_000

/** Keeps a place at every relay: shows it the proofs of all groups, and asks again where it was lost or refused. */
export function createRelays(options: RelaysOptions) {
  const { relays, transport, requests, groups, isConnected, accepted, hasShelf, reserved } = options
  interface Known extends Pick<Relay, 'address' | 'refused'> {
    busy: boolean
    failures: number
    nextRound: number
    /** When it was shown the proofs of all groups. */
    shownRound: number
  }
  const known = new Map<string, Known>()
  for (const address of relays) {
    const id = address.slice(address.lastIndexOf('/') + 1)
    if (!known.has(id)) known.set(id, { address, busy: false, failures: 0, nextRound: 0, shownRound: 0 })
  }
  let round = 0
  const isReserved = (id: string) => transport.addresses.some((address) => address.includes(`/${id}/p2p-circuit/`))

  function show(id: string, relay: Known): Promise<(ShownProof | 'relay' | undefined)[]> {
    relay.shownRound = round
    return Promise.all(groups.map((group) => requests.proof(id, group)))
  }

  async function join(id: string): Promise<void> {
    const relay = known.get(id)
    if (!relay || relay.busy || isReserved(id)) return
    relay.busy = true
    let asked: Relay['refused'] = 'proof'
    try {
      const answers = await show(id, relay)
      if (!answers.includes('relay')) throw new Error('the relay takes no proof of this member')
      if (answers[0] === 'relay') accepted(id)
      asked = 'place'
      if (transport.reserve) await inTime(transport.reserve(id), reserveMs)
      Object.assign(relay, { failures: 0, nextRound: 0, refused: undefined })
      reserved()
    } catch {
      // A relay that has disconnected has not refused anything.
      if (isConnected(id)) relay.refused = asked
      relay.failures++
      relay.nextRound = round + Math.min(2 ** relay.failures, maxRoundsBetween)
    } finally {
      relay.busy = false
    }
  }

  return {
    has: (peerId: string): boolean => known.has(peerId),
    /** A connection to a relay was made. */
    connected: (id: string): void => void join(id),
    /** Looks after all of them. */
    tick(): void {
      round++
      for (const [id, relay] of known) {
        if (!isConnected(id)) continue
        if (relay.nextRound <= round) void join(id)
        // What this member publishes bears the proof of its own group alone. The others would expire there while it has its place.
        if (groups.length > 1 && isReserved(id) && round - relay.shownRound >= roundsShown) void show(id, relay)
      }
    },
    list: (): Relay[] =>
      [...known].map(([id, { address, refused }]) => ({
        id,
        address,
        state: !isConnected(id) ? 'away' : isReserved(id) ? 'reserved' : 'connected',
        ...(hasShelf(id) && { shelf: true }),
        ...(refused && { refused })
      }))
  }
}
