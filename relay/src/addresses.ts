import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Multiaddr } from '@multiformats/multiaddr'
import { hostOf } from 'ghmesh/protocol'
import type { Port } from './port.ts'

/** The IP address in a multiaddr; undefined if it has none. */
export const ipOf = (address: Multiaddr): string | undefined =>
  address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.value

/**
 * Where a connection from an IP address comes from, as the limits per address count it. Undefined for a reverse proxy, however
 * its address is spelled: everybody comes from there, so those limits do not apply.
 */
export function hostsBehind(proxies: readonly string[]): (address: string) => string | undefined {
  const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')
  const list = new BlockList()
  for (const proxy of proxies) list.addAddress(proxy, familyOf(proxy))
  return (address) => (list.check(address, familyOf(address)) ? undefined : hostOf(address))
}

/** Ports at which a relay listens. */
export interface Ports {
  tcp: Port
  webSocket: Port
  webRtc: Port
}

/** The multiaddrs that libp2p listens on. */
export function listenAddresses(host: string, { tcp, webSocket, webRtc }: Ports, tls: boolean): string[] {
  const at = `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}`
  return [
    ...(tcp === 'off' ? [] : [`${at}/tcp/${tcp}`]),
    ...(webSocket === 'off' ? [] : [`${at}/tcp/${webSocket}${tls ? '/tls' : ''}/ws`]),
    ...(webRtc === 'off' ? [] : [`${at}/udp/${webRtc}/webrtc-direct`])
  ]
}

/**
 * The addresses to announce by default: libp2p would not announce a public address until others have confirmed it.
 * Empty, which leaves it to libp2p, if a port is not known before it listens.
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
