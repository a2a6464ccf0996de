import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { MeshError } from '../errors.ts'

type Factory = ReturnType<typeof circuitRelayTransport>

/** What is used of libp2p's own store of reservations, which has no public face. */
interface ReservationStore {
  addRelay(peerId: PeerId, type: 'configured' | 'discovered'): Promise<unknown>
  getReservation(peerId: PeerId): { addrs: Uint8Array[] } | undefined
}

/** Where this member is reached through relays. */
export type Circuits = ReturnType<typeof createCircuits>

const never = { has: () => false, add: () => {}, remove: () => {} }

/**
 * Circuits through the relays that were named, and no others: libp2p would reserve a place at any relay that offers one, and does not
 * take one again after a relay was away (js-libp2p #3601). Here the relay list decides when.
 */
export function createCircuits(relays: readonly string[]) {
  const ids = new Set(relays.map((address) => address.slice(address.lastIndexOf('/') + 1)))
  const reserved = new Map<string, PeerId>()
  let store: ReservationStore | undefined

  // An option of its store that its types do not name.
  const atOnce: object = { reservationConcurrency: ids.size }

  const transport: Factory = (components) => {
    // If they ran one after the other, the waiting ones would be dropped once the first has its place.
    const made = circuitRelayTransport(atOnce)(components)
    store = (made as unknown as { reservationStore: ReservationStore }).reservationStore
    const addRelay = store.addRelay.bind(store)
    store.addRelay = (peerId, type) =>
      ids.has(peerId.toString())
        ? addRelay(peerId, type)
        : Promise.reject(new MeshError('ERR_TRANSPORT', `${peerId} is not one of the configured relays`))
    // It remembers relays that could not be dialled once, for ever.
    Object.defineProperty(store, 'relayFilter', { get: () => never, set() {} })
    return made
  }

  return {
    transport,
    has: (peerId: string): boolean => ids.has(peerId),
    /** For libp2p's gater: an inbound circuit through somebody else's relay. */
    denyInboundRelayedConnection: (relay: PeerId): boolean => !ids.has(relay.toString()),
    async reserve(relay: PeerId): Promise<void> {
      reserved.set(relay.toString(), relay)
      await store?.addRelay(relay, 'configured')
    },
    /** Where this peer is reached through relays, each address ending in its id. */
    addresses(peerId: string): string[] {
      const places = [...reserved.values()].flatMap((relay) => store?.getReservation(relay)?.addrs ?? [])
      return places.map((bytes) => `${multiaddr(bytes)}/p2p-circuit/p2p/${peerId}`)
    }
  }
}
