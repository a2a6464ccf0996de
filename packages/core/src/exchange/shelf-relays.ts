import { unlessLate } from '../abort.ts'
import type { Shelves } from '../transport/transport.ts'

/** The relays that keep what members leave for those that come later. */
export interface ShelfRelays {
  /** Those that can be asked now. */
  readonly ids: readonly string[]
  /** Those that take what is left. */
  readonly taking: readonly string[]
  /** A relay has taken this member's proof. */
  accepted(relayId: string): void
  left(relayId: string): void
  /** It sent what no honest relay sends, or handed on what a member with a lie left there; after too much of that it rests for an hour. */
  faulty(relayId: string): void
  /** It takes nothing from this group: it is told again after an hour, or when it is connected again. */
  full(relayId: string): void
  /** A member that has just started waits here until it knows of a shelf, but no longer than `maxWaitMs`. */
  settled(maxWaitMs: number): Promise<void>
}

export interface ShelfRelaysOptions {
  /** How many relays were named. */
  relays: number
  shelves(): Shelves | undefined
  maxFaults: number
  /** Milliseconds; default: `performance.now`. */
  now?: () => number
  /** Another relay can be told. */
  found(): void
}

const restMs = 3_600_000

/** For so long after the start a relay may still be about to connect. */
const startMs = 1500

export function createShelfRelays(options: ShelfRelaysOptions): ShelfRelays {
  const { relays, shelves, maxFaults, found, now = () => performance.now() } = options
  const startedAt = now()
  const there = new Map<string, { fullUntil: number }>()
  const faults = new Map<string, { count: number; lastAt: number }>()
  const heardOf = new Set<string>()
  let tellKnown = () => {}
  const known = new Promise<void>((resolve) => {
    tellKnown = resolve
  })

  function faultsOf(relayId: string): number {
    const { count, lastAt } = faults.get(relayId) ?? { count: 0, lastAt: 0 }
    return now() - lastAt < restMs ? count : 0
  }
  const usable = () => [...there].filter(([id]) => faultsOf(id) < maxFaults)

  async function accepted(relayId: string): Promise<void> {
    if (there.has(relayId)) return
    const isThere = (await shelves()?.isAt(relayId)) ?? false
    heardOf.add(relayId)
    if (isThere) {
      there.set(relayId, { fullUntil: 0 })
      found()
    }
    if (there.size > 0 || heardOf.size >= relays) tellKnown()
  }

  return {
    get ids() {
      return usable().map(([id]) => id)
    },
    get taking() {
      return usable().flatMap(([id, { fullUntil }]) => (fullUntil <= now() ? [id] : []))
    },
    accepted: (relayId) => void accepted(relayId),
    left: (relayId) => void there.delete(relayId),
    faulty(relayId) {
      faults.set(relayId, { count: faultsOf(relayId) + 1, lastAt: now() })
    },
    full(relayId) {
      if (there.has(relayId)) there.set(relayId, { fullUntil: now() + restMs })
    },
    async settled(maxWaitMs) {
      const leftMs = startedAt + startMs - now()
      if (there.size === 0 && leftMs > 0 && shelves()) await unlessLate(known, Math.min(leftMs, maxWaitMs))
    }
  }
}
