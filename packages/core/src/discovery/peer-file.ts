import type { PeerRecord } from './discovery.ts'

/** Layout of the file, in `metadata`. */
const version = 1
const maxAddresses = 32
const maxAddressLength = 1000
const maxNameLength = 100

/** `peer_<name>.json` with nothing in the name that means something to a file system; `suffixed` by the peer id's end. */
export function peerFileName(name: string, suffixed?: string): string {
  const safe = name.replace(/[^\w.-]+/g, '_').slice(0, maxNameLength) || 'member'
  return `peer_${safe}${suffixed === undefined ? '' : `-${suffixed.slice(-8)}`}.json`
}

/**
 * The text of a member's file. The Python tool ipfs_accelerate_py reads such folders too, and takes times for UTC that name
 * no zone: one that does would be an error to it.
 */
export function formatPeer({ peerId, name, addresses, lastSeen }: PeerRecord): string {
  const [multiaddr = ''] = addresses
  const port = /\/(?:tcp|udp)\/(\d+)/.exec(multiaddr)?.[1]
  const fields = {
    peer_id: peerId,
    runner_name: name,
    listen_port: Number(port ?? 0),
    multiaddr,
    multiaddrs: addresses.slice(0, maxAddresses),
    last_seen: new Date(lastSeen).toISOString().replace('Z', '000'),
    metadata: { version }
  }
  return `${JSON.stringify(fields, undefined, 2)}\n`
}

/** Milliseconds since the epoch of what is ISO 8601, in UTC where it names no zone. */
function timeOf(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN
  return Date.parse(/^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(value) ? `${value}Z` : value)
}

/** With the peer id at its end; undefined for what cannot be an address of this peer. */
function addressOf(value: unknown, peerId: string): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > maxAddressLength) return undefined
  if (value.endsWith(`/p2p/${peerId}`)) return value
  return /\/p2p\/[^/]*$/.test(value) ? undefined : `${value}/p2p/${peerId}`
}

/** Parses a member's file; undefined for any other file, such as the Python tool's. */
export function parsePeer(text: string): PeerRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const {
    peer_id: peerId,
    runner_name: given,
    multiaddr,
    multiaddrs,
    last_seen,
    metadata
  } = value as Record<string, unknown>
  if (typeof (metadata as { version?: unknown } | null | undefined)?.version !== 'number') return undefined
  if (typeof peerId !== 'string' || !/^\w{1,128}$/.test(peerId)) return undefined
  const all = [...new Set([multiaddr, ...(Array.isArray(multiaddrs) ? multiaddrs.slice(0, maxAddresses) : [])])]
  const addresses = all.map((address) => addressOf(address, peerId)).filter((address) => address !== undefined)
  const lastSeen = timeOf(last_seen)
  if (addresses.length === 0 || !Number.isFinite(lastSeen)) return undefined
  const name = typeof given === 'string' ? given.replace(/\p{C}/gu, '').slice(0, maxNameLength) : ''
  return { peerId, name: name || peerId.slice(-8), addresses, lastSeen }
}
