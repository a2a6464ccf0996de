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
  /** It sent what no honest relay sends; after too much of that it is not asked any more. */
  faulty(relayId: string): void
  /** It takes nothing from this group, until it is connected again. */
  full(relayId: string): void
  /** A member that has just started waits here until it knows of a shelf, but no longer than `maxWaitMs`. */
  settled(maxWaitMs: number): Promise<void>
}

export interface ShelfRelaysOptions {
  /** How many relays were named. */
  relays: number
  shelves(): Shelves | undefined
  maxFaults: number
  /** Another relay can be told. */
  found(): void
}

/** For so long after the start a relay may still be about to connect. */
const startMs = 1500

export function createShelfRelays({ relays, shelves, maxFaults, found }: ShelfRelaysOptions): ShelfRelays {
  const startedAt = performance.now()
  const there = new Map<string, { takes: boolean }>()
  const faults = new Map<string, number>()
  const heardOf = new Set<string>()
  let tellKnown = () => {}
  const known = new Promise<void>((resolve) => {
    tellKnown = resolve
  })

  async function accepted(relayId: string): Promise<void> {
    if (there.has(relayId)) return
    const isThere = (await shelves()?.isAt(relayId)) ?? false
    heardOf.add(relayId)
    if (isThere && (faults.get(relayId) ?? 0) < maxFaults) {
      there.set(relayId, { takes: true })
      found()
    }
    if (there.size > 0 || heardOf.size >= relays) tellKnown()
  }

  return {
    get ids() {
      return [...there.keys()]
    },
    get taking() {
      return [...there].filter(([, { takes }]) => takes).map(([id]) => id)
    },
    accepted: (relayId) => void accepted(relayId),
    left: (relayId) => void there.delete(relayId),
    faulty(relayId) {
      const n = (faults.get(relayId) ?? 0) + 1
      faults.set(relayId, n)
      if (n >= maxFaults) there.delete(relayId)
    },
    full(relayId) {
      if (there.has(relayId)) there.set(relayId, { takes: false })
    },
    async settled(maxWaitMs) {
      const leftMs = startedAt + startMs - performance.now()
      if (there.size === 0 && leftMs > 0 && shelves()) await unlessLate(known, Math.min(leftMs, maxWaitMs))
    }
  }
}
