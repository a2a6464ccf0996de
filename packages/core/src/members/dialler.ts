import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import { createBucket } from './bucket.ts'
import { dialable } from './dialable.ts'
import { createSources } from './sources.ts'

export interface DiallerOptions {
  transport: Transport
  discovery: readonly Discovery[]
  limits: Limits
  emit: Emit
  name: string
  localNow: () => number
  isConnected(peerId: string): boolean
}

/**
 * Rounds between two passes over a peer's addresses: doubled with each pass in vain, up to so many. Who has been reached
 * before is soon back; who never was may be somebody's invention.
 */
const mostRoundsBetween = { reached: 10, never: 200 }
/** Addresses that the user named of one peer, before those that others tell of it. */
const mostNamed = 16
/** Of two that find each other, the smaller peer id dials at once and the other after this, so that mostly one connection comes of it. */
const courtesyMs = 250

interface Known extends PeerRecord {
  /** By the user: dialled as it is, and for ever. */
  named: boolean
  /** Its turn has come: see `courtesyMs`. */
  mayDial: boolean
  busy: boolean
  reached: boolean
  /** Dials since it was last reached. */
  tries: number
  /** Passes over all its addresses in vain. */
  failures: number
  nextRound: number
  nextAddress: number
}

/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Whoever can invent addresses costs this member no more than `dialsPerSecond`, and keeps it
 * from nobody: those with the fewest dials in vain come first.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, isConnected } = options
  const known = new Map<string, Known>()
  const allowance = createBucket(limits.dialsPerSecond, limits.dialsBurst, localNow)
  let timer: ReturnType<typeof setTimeout> | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  let refill: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false
  let dialling = 0

  function found(record: PeerRecord, source: string): void {
    if (stopped || record.peerId === transport.peerId) return
    const before = known.get(record.peerId)
    // Who was named by the user may not know of this member, and would be waited for in vain.
    const named = source === 'static' || before?.named === true
    // What the user named, and a folder of this machine's own, is taken as it is.
    const asItIs = source === 'static' || source === 'file'
    const told = asItIs ? record.addresses : dialable(record.addresses, record.peerId, transport.addresses)
    const addresses = named ? [...new Set([...(before?.addresses ?? []).slice(0, mostNamed), ...told])] : told
    if (told.length === 0 || before?.addresses.join() === addresses.join()) return
    const mayDial = named || transport.peerId < record.peerId || before?.mayDial === true
    known.delete(record.peerId)
    if (known.size >= limits.knownPeers) forgetOne()
    const fresh = { addresses, named, mayDial, tries: 0, failures: 0, nextRound: 0, nextAddress: 0 }
    known.set(record.peerId, Object.assign(before ?? { busy: false, reached: false }, record, fresh))
    dialDue()
    if (!mayDial) soon ??= setTimeout(everybodyMay, courtesyMs)
  }

  /** The oldest of those that were never reached, else the oldest. */
  function forgetOne(): void {
    const peers = [...known.values()].filter(({ named }) => !named)
    const oldest = peers.find(({ reached }) => !reached) ?? peers[0]
    if (oldest) known.delete(oldest.peerId)
  }

  function everybodyMay(): void {
    soon = undefined
    for (const peer of known.values()) peer.mayDial = true
    dialDue()
  }

  function nextDue(): Known | undefined {
    let next: Known | undefined
    let had = 0
    for (const peer of known.values()) {
      if (peer.busy || isConnected(peer.peerId)) had++
      else if (peer.mayDial && peer.nextRound <= round && precedes(peer, next)) next = peer
    }
    return had < limits.wantedMembers || next?.named ? next : undefined
  }

  const precedes = (a: Known, b: Known | undefined) => !b || (a.named === b.named ? a.tries < b.tries : a.named)

  /** Starts what is due; a peer that does not answer keeps nobody else waiting but for the number of dials at once. */
  function dialDue(): void {
    while (!stopped && dialling < limits.dialsAtOnce) {
      const peer = nextDue()
      if (!peer) return
      if (!allowance.take()) {
        refill ??= setTimeout(() => {
          refill = undefined
          dialDue()
        }, allowance.waitMs())
        return
      }
      peer.busy = true
      dialling++
      void dial(peer).finally(() => {
        peer.busy = false
        dialling--
        dialDue()
      })
    }
  }

  async function dial(peer: Known): Promise<void> {
    peer.tries++
    const { addresses, nextAddress } = peer
    try {
      const address = addresses[nextAddress] as string
      await transport.dial(address, { signal: AbortSignal.timeout(limits.dialTimeoutMs) })
      Object.assign(peer, { reached: true, tries: 0, failures: 0 })
    } catch {
      if (peer.addresses !== addresses) return // meanwhile it was said to be elsewhere
      peer.nextAddress = (nextAddress + 1) % addresses.length
      if (peer.nextAddress !== 0) return // the next address, after others' turns
      peer.failures++
      const most = peer.reached || peer.named ? mostRoundsBetween.reached : mostRoundsBetween.never
      peer.nextRound = round + Math.min(2 ** peer.failures, most)
    }
  }

  const sources = createSources({
    ...options,
    self: () => ({ peerId: transport.peerId, name, addresses: transport.addresses, lastSeen: localNow() }),
    found
  })

  function tick(): void {
    round++
    everybodyMay()
    sources.tick(round)
    timer = setTimeout(tick, limits.dialMs)
  }

  return {
    start: tick,
    /** A member has told where it can be reached; so each learns of those that others found. */
    heard(peerId: string, { name, addresses }: Pick<PeerRecord, 'name' | 'addresses'>): void {
      // Without any source, members are not wanted but those that come.
      if (discovery.length > 0) found({ peerId, name, addresses, lastSeen: localNow() }, 'members')
    },
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      clearTimeout(soon)
      clearTimeout(refill)
      await sources.stop()
    }
  }
}
