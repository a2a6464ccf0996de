import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { staticPeers } from 'ghmesh'
import { CliError, messageOf } from '../errors.ts'

/**
 * The address as it was copied, with or without the name of the variable before it; the first one of several, as a relay prints
 * them.
 *
 * @throws CliError if it is not a multiaddr that ends in a peer id, or if it leads through a relay
 */
export function readAddress(copied: string): string {
  const [address = ''] = copied
    .trim()
    .replace(/^(?:P2P_(?:PROBE|REMOTE)_MULTIADDR|GHMESH_RELAYS)=/, '')
    .split(',')
  try {
    staticPeers([address])
  } catch (error) {
    throw new CliError(`${messageOf(error)}; copy the whole line that "ghmesh probe --serve" prints`, 2)
  }
  const [relay, through] = address.split('/p2p-circuit')
  if (through !== undefined) throw new CliError(noCircuits(relay as string), 2)
  return address
}

const noCircuits = (relay: string): string =>
  `a probe goes directly to a machine, but this address leads through a relay, which opens circuits only for peers with a proof of a group; a probe has no secret. Probe the relay's own address, ${relay}; "ghmesh peers" and "ghmesh doctor" show whether members meet through it`

/** The first hop of an address: the host itself, or the relay; undefined for anything but TCP. */
export function socketOf(address: string): { host: string; port: number } | undefined {
  const [, host, port] = /^\/(?:ip4|ip6|dns[46]?)\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
  return host === undefined ? undefined : { host, port: Number(port) }
}

export const isLoopback = (host: string): boolean => /^(?:127\.|::1$|localhost$)/.test(host)

/** Whether a host is this machine, as far as addresses tell. */
export function isOwnHost(host: string): boolean {
  if (isLoopback(host)) return true
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return isIP(host) !== 0 && own.some(({ address }) => address === host)
}
