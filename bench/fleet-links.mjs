// Networks for a fleet on one machine: whom a member is told of at the start, and whom it can reach.
import { seeded } from './fleet-trace.mjs'

const anybody = () => () => true

/** A ring, so that the group is one, and two more at random for each: six on average. */
function sixLinks(size) {
  const random = seeded(size)
  const links = new Set()
  const add = (a, b) => links.add(`${Math.min(a, b)} ${Math.max(a, b)}`)
  for (let one = 0; one < size; one++) {
    add(one, (one + 1) % size)
    for (let n = 0; n < 2; n++) add(one, Math.floor(random() * size))
  }
  return (a, b) => links.has(`${Math.min(a, b)} ${Math.max(a, b)}`)
}

/** For so many members, whether one is told of another, and whether one can reach another. */
const networks = {
  'full mesh': { told: anybody, reach: anybody },
  'six links': { told: sixLinks, reach: anybody },
  /** Everybody is behind a NAT: they meet through one relay, and stay there. */
  relay: { told: () => () => false, reach: () => () => false },
  /** Two halves, and one member of each that can reach the other. */
  'two sites': {
    told: anybody,
    reach: (size) => (a, b) => {
      const half = Math.ceil(size / 2)
      return a < half === b < half || (Math.min(a, b) === 0 && Math.max(a, b) === half)
    }
  }
}
export const names = Object.keys(networks)

/** Members listen from here on, each on its own port, and 1000 above it for WebSockets: below the ports that systems hand out. */
export const firstPort = 20_000

/** The member that listens at an address; undefined for a relay. */
function memberAt(address, size) {
  const member = (Number(/\/tcp\/(\d+)/.exec(address)?.[1]) - firstPort) % 1000
  return member >= 0 && member < size ? member : undefined
}

/** A discovery that tells a member only of those of which the network tells it. */
export function told(discovery, { network, size, member }) {
  const isTold = networks[network].told(size)
  return {
    name: discovery.name,
    start: (found) =>
      discovery.start((peer) => {
        const other = memberAt(peer.addresses[0] ?? '', size)
        if (other !== undefined && isTold(member, other)) found(peer)
      }),
    announce: (self) => discovery.announce(self),
    stop: () => discovery.stop()
  }
}

/** A transport that dials others only as the network lets this member: what a firewall would stop is refused at once. */
export function fenced(transport, { network, size, member }) {
  const canReach = networks[network].reach(size)
  return Object.create(transport, {
    dial: {
      value: async (address, options) => {
        const other = address.includes('/p2p-circuit') ? undefined : memberAt(address, size)
        if (other !== undefined && !canReach(member, other)) throw new Error('no way to that member')
        return transport.dial(address, options)
      }
    }
  })
}
