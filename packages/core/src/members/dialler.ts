import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import { toMeshError } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'

export interface DiallerOptions {
  transport: Transport
  discovery: readonly Discovery[]
  limits: Limits
  emit: Emit
  name: string
  localNow: () => number
  isConnected(peerId: string): boolean
}

/** Backoff of a source or an address that fails: doubled from one round to the next, up to this many rounds. */
const mostRoundsBetween = 20
/** Dials at once. */
const dialsAtOnce = 8
/** The file registry's records expire after five minutes; others take longer. */
const announceMs = 60_000
const mostAddresses = 16

interface Known extends PeerRecord {
  failures: number
  nextRound: number
  /** The user named it, and it may not know of this member. */
  oneSided: boolean
  /** The round in which it was found, or seen to be gone. */
  since?: number
}

/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour.
 */
export function createDialler({ transport, discovery, limits, emit, name, localNow, isConnected }: DiallerOptions) {
  const known = new Map<string, Known>()
  const warned = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false
  let dialling = false

  function found(record: PeerRecord, oneSided: boolean): void {
    if (stopped || record.peerId === transport.peerId || record.addresses.length === 0) return
    const before = known.get(record.peerId)
    const addresses = record.addresses.slice(0, mostAddresses)
    const changed = before?.addresses.join() !== addresses.join()
    known.delete(record.peerId)
    known.set(record.peerId, {
      ...record,
      oneSided,
      addresses,
      failures: changed ? 0 : (before?.failures ?? 0),
      nextRound: changed ? 0 : (before?.nextRound ?? 0),
      since: before?.since
    })
    for (const oldest of known.keys()) {
      if (known.size <= limits.knownPeers) break
      known.delete(oldest)
    }
    if (changed) void dialAll()
  }

  /** Of two that find each other, the smaller peer id dials at once and the other a round later, so that one connection comes of it. */
  const isMyTurn = ({ peerId, oneSided, since = round }: Known) =>
    oneSided || transport.peerId < peerId || round > since

  async function dialAll(): Promise<void> {
    if (dialling || stopped) return
    dialling = true
    try {
      const due = [...known.values()].filter((peer) => {
        peer.since = isConnected(peer.peerId) ? undefined : (peer.since ?? round)
        return peer.since !== undefined && peer.nextRound <= round && isMyTurn(peer)
      })
      for (let at = 0; at < due.length; at += dialsAtOnce) await Promise.all(due.slice(at, at + dialsAtOnce).map(dial))
    } finally {
      dialling = false
    }
  }

  async function dial(peer: Known): Promise<void> {
    for (const address of peer.addresses) {
      if (stopped) return
      try {
        await transport.dial(address, { signal: AbortSignal.timeout(limits.dialTimeoutMs) })
        peer.failures = 0
        return
      } catch {
        // the next address, then a later round
      }
    }
    peer.failures++
    peer.nextRound = round + Math.min(2 ** peer.failures, mostRoundsBetween)
  }

  function tick(): void {
    round++
    void dialAll()
    for (const source of sources) source.tick()
    timer = setTimeout(tick, limits.dialMs)
  }

  const self = (): PeerRecord => ({
    peerId: transport.peerId,
    name,
    addresses: transport.addresses,
    lastSeen: localNow()
  })

  const sources = discovery.map((source) => {
    let started: Promise<void> | undefined
    let failures = 0
    let retryAt = 0
    let announced = ''
    let announcedAt = 0
    let busy = false

    async function run(): Promise<void> {
      started ??= source
        .start((record) => found(record, source.name === 'static'))
        .catch((error) => {
          started = undefined
          throw error
        })
      await started
      if (stopped) return
      const record = self()
      const said = record.addresses.join()
      if (said === announced && localNow() - announcedAt < announceMs) return
      await source.announce(record)
      announced = said
      announcedAt = localNow()
    }
    return {
      source,
      tick() {
        if (busy || round < retryAt || stopped) return
        busy = true
        run()
          .then(() => {
            failures = 0
          })
          .catch((cause) => {
            failures++
            retryAt = round + Math.min(2 ** failures, mostRoundsBetween)
            if (stopped || warned.has(source.name)) return
            warned.add(source.name)
            emit(
              'warning',
              toMeshError('ERR_DISCOVERY', `discovery by ${source.name} failed and is tried again`, cause)
            )
          })
          .finally(() => {
            busy = false
          })
      }
    }
  })

  return {
    start: tick,
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      await Promise.allSettled(sources.map(({ source }) => source.stop()))
    }
  }
}
