import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Libp2pTransportOptions } from '../platform.ts'

export const loopback = '127.0.0.1'
const addressesMs = 5000
// Link-local (RFC 3927), and what a machine without IPv4 has for programs that need it (RFC 7335).
const unreachable = /^(?:169\.254\.|192\.0\.0\.[0-7]$)/
/** A machine has several of each kind, for it changes what it is known by (RFC 8981). */
const maxIpv6 = 4

const interfaceAddresses = () => Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])

export type Hosts = Pick<Libp2pTransportOptions, 'announceIp' | 'forceLocalhost'>

/**
 * Addresses of this machine that other machines may reach: of IPv4, of IPv6 where it has no other, and of loopback where it has
 * neither.
 */
export function ownHosts({ announceIp, forceLocalhost }: Hosts, interfaces = interfaceAddresses()): string[] {
  if (forceLocalhost) return [loopback]
  if (announceIp) return [announceIp]
  const found = interfaces.filter(({ internal }) => !internal).map(({ address }) => address)
  const ipv4 = found.filter((address) => !isIPv6(address) && !unreachable.test(address))
  if (ipv4.length > 0) return ipv4
  const ipv6 = found.filter((address) => isIPv6(address) && !/^fe[89ab]/i.test(address)).slice(0, maxIpv6)
  return ipv6.length > 0 ? ipv6 : [loopback]
}

/**
 * `ownHosts` of this moment, looked up at most once in `addressesMs`: a laptop moves from one network to another. `lost` is told
 * of addresses that were missing twice in a row, for a wireless network may be away for a moment.
 */
export function createOwnHosts(options: Hosts, lost: (addresses: string[]) => void): () => string[] {
  const had = new Set<string>()
  let missing: string[] = []
  let found: string[] = []
  let foundAt = Number.NEGATIVE_INFINITY

  function findLost(interfaces: ReturnType<typeof interfaceAddresses>): void {
    const has = new Set(interfaces.map(({ address }) => address))
    const away = [...had].filter((address) => !has.has(address))
    const gone = away.filter((address) => missing.includes(address))
    missing = away
    for (const address of gone) had.delete(address)
    for (const address of has) had.add(address)
    if (gone.length > 0) lost(gone)
  }

  return () => {
    if (performance.now() - foundAt >= addressesMs) {
      foundAt = performance.now()
      const interfaces = interfaceAddresses()
      found = ownHosts(options, interfaces)
      findLost(interfaces)
    }
    return found
  }
}
