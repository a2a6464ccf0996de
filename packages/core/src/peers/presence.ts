import type { Limits } from '../limits.ts'
import type { PresenceMessage } from '../protocol/wire.ts'
import type { MeshStats } from '../stats.ts'
import type { Transport } from '../transport/transport.ts'

export interface PresenceOptions {
  publish: { presence(told: PresenceMessage): Promise<void> }
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
  /** Its proofs of the tokens that it holds. */
  holds(): Uint8Array[]
  /** How many members are known. */
  known(): number
}

const maxAddresses = 16
/** In a large group a newcomer is greeted within this part of the time in which each is heard once. */
const greetingShare = 0.2

/** With many members, each is heard the more seldom, so that a member hears no more a second (as in RFC 3550, section 6.2). */
export const presenceIntervalMs = (
  { presenceMs, presencePerMemberMs }: Pick<Limits, 'presenceMs' | 'presencePerMemberMs'>,
  known: number
): number => Math.max(presenceMs, known * presencePerMemberMs)

/**
 * Tells all others that this member is here: once when it has come, then regularly; and when it goes. Members that connect
 * tell each other directly, with their proofs.
 */
export function createPresence(options: PresenceOptions) {
  const { publish, transport, limits, name, version, clock, localNow, random, ownStats, leases, known } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let greeting: ReturnType<typeof setTimeout> | undefined
  let isTold = false
  let stopped = false

  const heldTokens = () => {
    const proofs = options.holds()
    return proofs.length > 0 ? proofs : undefined
  }
  const own = (): PresenceMessage => ({
    name,
    version,
    stats: { ...ownStats() },
    addresses: transport.addresses.slice(0, maxAddresses),
    leases: leases(),
    holds: heldTokens(),
    sentAt: Math.round(localNow()),
    // What to add to this member's clock for GitHub's, ms; absent where GitHub has not shown its own.
    offset: clock.fromOrigin ? Math.round(clock.now() - localNow()) : undefined
  })

  function told(): void {
    greeting = undefined
    void publish.presence(own())
  }

  /** Many join at once when a fleet starts; one message greets them all, and they are told of by neighbours before it comes. */
  function greet(): void {
    isTold = true
    if (stopped) return
    greeting ??= setTimeout(() => {
      if (known() <= limits.fewMembers) return told()
      greeting = setTimeout(told, presenceIntervalMs(limits, known()) * greetingShare * random())
    }, limits.touchBatchMs)
  }

  function schedule(): void {
    const delayMs = presenceIntervalMs(limits, known()) * (0.8 + 0.4 * random())
    timer = setTimeout(() => {
      void publish.presence(own()).finally(() => {
        if (!stopped) schedule()
      })
    }, delayMs)
  }

  return {
    /** What this member tells of itself. */
    own,
    start: schedule,
    /** This member is new, or has a new address, or somebody has come who hears it no other way. */
    greet,
    /** A member is connected: the first one, perhaps. */
    joined: (): void => {
      if (!isTold) greet()
    },
    /**
     * What members need now, not with the next presence, is another: GitHub's clock was read for the first time, or a token was
     * used for the first time.
     */
    changed: (): void => {
      if (isTold) greet()
    },
    /** This member goes, and those that have heard of it hear that: it is no home of anything, and at no address. */
    stop(): void {
      stopped = true
      clearTimeout(timer)
      clearTimeout(greeting)
      if (isTold) void publish.presence({ ...own(), addresses: [], leases: false, holds: undefined })
    }
  }
}
