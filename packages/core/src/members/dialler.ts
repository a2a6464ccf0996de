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
/** Of two that find each other, the smaller peer id dials at once and the other after this, so that mostly one connection comes of it. */
const courtesyMs = 250

interface Known extends PeerRecord {
  failures: number
  nextRound: number
  /** Its turn has come: see `courtesyMs`. */
  mayDial: boolean
  busy: boolean
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
  let soon: ReturnType<typeof setTimeout> | undefined
  let dialling = 0

  function found(record: PeerRecord, oneSided: boolean): void {
    if (stopped || record.peerId === transport.peerId || record.addresses.length === 0) return
    const before = known.get(record.peerId)
    const addresses = record.addresses.slice(0, mostAddresses)
    const changed = before?.addresses.join() !== addresses.join()
    known.delete(record.peerId)
    // Who was named by the user may not know of this member, and would be waited for in vain.
    const mayDial = oneSided || transport.peerId < record.peerId || before?.mayDial === true
    const fresh: Known = { ...record, addresses, mayDial, failures: 0, nextRound: 0, busy: false }
    known.set(record.peerId, before && !changed ? Object.assign(before, record, { addresses }) : fresh)
    for (const oldest of known.keys()) {
      if (known.size <= limits.knownPeers) break
      known.delete(oldest)
    }
    if (!changed) return
    dialDue()
    if (!mayDial) soon ??= setTimeout(everybodyMay, courtesyMs)
  }

  function everybodyMay(): void {
    soon = undefined
    for (const peer of known.values()) peer.mayDial = true
    dialDue()
  }

  /** Starts what is due; a peer that does not answer keeps nobody else waiting but for the number of dials at once. */
  function dialDue(): void {
    for (const peer of known.values()) {
      if (stopped || dialling >= dialsAtOnce) return
      if (peer.busy || !peer.mayDial || peer.nextRound > round || isConnected(peer.peerId)) continue
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
    everybodyMay()
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
      clearTimeout(soon)
      await Promise.allSettled(sources.map(({ source }) => source.stop()))
    }
  }
}
