import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Multiaddr } from '@multiformats/multiaddr'

const ipOf = (address: Multiaddr) => address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')

/** Tells whether a connection comes from one of some IP addresses, however they are spelled. */
export function isFrom(addresses: readonly string[]): (address: Multiaddr) => boolean {
  const list = new BlockList()
  for (const address of addresses) list.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return (address) => {
    const host = ipOf(address)
    return host?.value !== undefined && list.check(host.value, host.name === 'ip6' ? 'ipv6' : 'ipv4')
  }
}

/**
 * Where a connection comes from, as bounds count it: an IPv4 address, or an IPv6 network of 64 bits, for a single
 * customer has 2^64 addresses. Undefined for what has no address.
 */
export function hostOf(address: Multiaddr): string | undefined {
  const host = ipOf(address)
  if (host?.value === undefined) return undefined
  if (host.name === 'ip4') return host.value
  const [head = '', tail] = host.value.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after].map((group) => Number.parseInt(group, 16))
  const [, , , , , sixth, high = 0, low = 0] = groups
  // An IPv4 address in the clothes of IPv6, as a socket for both reports it.
  if (sixth === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** A port, 0 for any free one; `off` leaves that way in out. */
export type Port = number | 'off'

/** Ports at which a relay listens. */
export interface Ports {
  tcp: Port
  webSocket: Port
  webRtc: Port
}

/** What libp2p is to listen on. */
export function listenAddresses(host: string, { tcp, webSocket, webRtc }: Ports, tls: boolean): string[] {
  const at = `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}`
  return [
    ...(tcp === 'off' ? [] : [`${at}/tcp/${tcp}`]),
    ...(webSocket === 'off' ? [] : [`${at}/tcp/${webSocket}${tls ? '/tls' : ''}/ws`]),
    ...(webRtc === 'off' ? [] : [`${at}/udp/${webRtc}/webrtc-direct`])
  ]
}

/**
 * What to tell members where nothing is said: libp2p keeps a public address to itself until others have confirmed it.
 * Empty, which leaves it to libp2p, where a port is not known before it listens.
 */
export function announceAddresses(host: string, ports: Ports, tls: boolean): string[] {
  if (Object.values(ports).includes(0)) return []
  if (host !== '0.0.0.0' && host !== '::') return listenAddresses(host, ports, tls)
  const family = host === '::' ? 'IPv6' : 'IPv4'
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((one) => !one.internal && one.family === family && !/^(169\.254\.|fe80:)/i.test(one.address))
    .map(({ address }) => address)
  const loopback = family === 'IPv6' ? '::1' : '127.0.0.1'
  return (own.length > 0 ? own : [loopback]).flatMap((address) => listenAddresses(address, ports, tls))
}
