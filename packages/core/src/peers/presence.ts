import type { Limits } from '../limits.ts'
import type { MeshStats } from '../stats.ts'
import type { Transport } from '../transport/transport.ts'

export interface PresenceOptions {
  publish: {
    presence(told: {
      name: string
      version: string
      stats: Record<string, unknown>
      addresses: string[]
      leases: boolean
      /** What to add to this member's clock for GitHub's, ms; absent where GitHub has not shown its own. */
      offset?: number | undefined
    }): Promise<void>
  }
  transport: Pick<Transport, 'addresses'>
  limits: Limits
  name: string
  version: string
  clock: { now(): number; readonly fromOrigin: boolean }
  localNow: () => number
  random: () => number
  ownStats(): MeshStats
  /** Whether this member grants leases now. */
  leases(): boolean
}

const maxAddresses = 16

/** Tells all others that this member is here: regularly, and soon after somebody came. */
export function createPresence(options: PresenceOptions) {
  const { publish, transport, limits, name, version, clock, localNow, random, ownStats, leases } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let greeting: { timer: ReturnType<typeof setTimeout>; delayMs: number } | undefined
  let stopped = false

  async function present(): Promise<void> {
    const offset = clock.fromOrigin ? Math.round(clock.now() - localNow()) : undefined
    const addresses = transport.addresses.slice(0, maxAddresses)
    await publish.presence({ name, version, stats: { ...ownStats() }, addresses, leases: leases(), offset })
  }

  /** Many join at once when a fleet starts; one message greets them all. */
  function greet(delayMs: number): void {
    if (stopped || (greeting && greeting.delayMs <= delayMs)) return
    clearTimeout(greeting?.timer)
    const timer = setTimeout(() => {
      greeting = undefined
      void present()
    }, delayMs)
    greeting = { timer, delayMs }
  }

  function schedule(): void {
    const delayMs = limits.presenceMs * (0.8 + 0.4 * random())
    timer = setTimeout(() => {
      void present().finally(() => {
        if (!stopped) schedule()
      })
    }, delayMs)
  }

  return {
    start: schedule,
    /** A newcomer is connected to this member. */
    greet: (): void => greet(limits.touchBatchMs),
    /** A newcomer is connected to others: all of them will greet it, so not all at once. */
    greetFar: (): void => greet(limits.presenceMs * 0.1 * random()),
    stop(): void {
      stopped = true
      clearTimeout(timer)
      clearTimeout(greeting?.timer)
    }
  }
}
