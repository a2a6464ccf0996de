import type { PeerRecord } from '../discovery/discovery.ts'
import { dialable } from './dialable.ts'

/** How a peer may be reached: by its own address, through a relay, or directly after a relay has brought both together. */
export type Way = 'relayed' | 'direct' | 'webrtc'

/** The addresses of one way, and how dialling them went. */
export interface Route {
  addresses: string[]
  /** Which of them is next. */
  next: number
  /** Dials since it last led anywhere. */
  tries: number
  /** Failed passes over all addresses. */
  failures: number
  nextRound: number
}

export interface Known {
  peerId: string
  /** By the user: dialled as it is, and for ever. */
  named: boolean
  /** Its turn has come: see the dialler's courtesy. */
  mayDial: boolean
  busy: boolean
  /** Gives up the dial that is under way. */
  underWay?: AbortController
  reached: boolean
  /** It has said itself that it is at no address: it has gone, mostly. */
  isNowhere?: boolean
  /** When it was last connected, by the local clock; absent if it never was. */
  metAt?: number
  /** What was told of it, and what that is worth, to see what changes. */
  said: string
  told: string
  ways: Map<Way, Route>
}

export interface AddressBookOptions {
  /** Peers that are known at most. */
  most: number
  ownId(): string
  ownAddresses(): readonly string[]
  /** A relay that this member uses. */
  isRelay(peerId: string): boolean
}

/** Addresses that the user named of one peer, before those that others tell of it. */
const maxNamed = 16

export type AddressBook = ReturnType<typeof createAddressBook>

/** Where peers are said to be. Bounded: those that were never reached go first. */
export function createAddressBook({ most, ownId, ownAddresses, isRelay }: AddressBookOptions) {
  const known = new Map<string, Known>()
  const namedAddresses = new Map<string, string[]>()

  function wayOf(address: string): Way | undefined {
    const relay = /\/p2p\/(\w+)\/p2p-circuit(\/webrtc)?\/p2p\/\w+$/.exec(address)
    if (!relay) return 'direct'
    if (!isRelay(relay[1] as string)) return undefined
    return relay[2] === undefined ? 'relayed' : 'webrtc'
  }

  function waysOf(addresses: readonly string[]): Known['ways'] {
    const ways: Known['ways'] = new Map()
    for (const address of addresses) {
      const way = wayOf(address)
      if (way === undefined) continue
      const route = ways.get(way) ?? { addresses: [], next: 0, tries: 0, failures: 0, nextRound: 0 }
      route.addresses.push(address)
      ways.set(way, route)
    }
    return ways
  }

  function forgetOne(): void {
    const peers = [...known.values()].filter(({ named }) => !named)
    const oldest = peers.find(({ reached }) => !reached) ?? peers[0]
    if (oldest) known.delete(oldest.peerId)
  }

  return {
    all: (): IterableIterator<Known> => known.values(),
    size: (): number => known.size,
    get: (peerId: string): Known | undefined => known.get(peerId),
    /** Writes down what a source says; the peer where that is new, else undefined. */
    note({ peerId, addresses: said }: PeerRecord, source: string): Known | undefined {
      if (peerId === ownId()) return undefined
      const before = known.get(peerId)
      // Most of what is told is known: each says it of each.
      const text = said.join()
      if (source !== 'static' && before?.said === text) return undefined
      if (source === 'static') namedAddresses.set(peerId, said.slice(0, maxNamed))
      // What the user named, and a folder of this machine's own, is taken as it is.
      const worth = source === 'static' || source === 'file' ? said : dialable(said, peerId, ownAddresses())
      const named = namedAddresses.get(peerId)
      const addresses = [...new Set([...(named ?? []), ...worth])]
      const told = addresses.join()
      const ways = waysOf(addresses)
      if (ways.size === 0) return undefined
      if (before?.told === told) {
        before.said = text
        return undefined
      }
      known.delete(peerId)
      if (known.size >= most) forgetOne()
      const peer = before ?? { peerId, mayDial: false, busy: false, reached: false }
      known.set(peerId, Object.assign(peer, { named: named !== undefined, said: text, told, ways }))
      return known.get(peerId)
    }
  }
}
