import type { MeshError } from './errors.ts'
import type { Peer } from './transport/transport.ts'

/** Which request a step belongs to. */
export interface Step {
  url: string
  /** Hex SHA-256 of the request's canonical text. */
  key: string
}

/** One event per step of the flow, each a CustomEvent with this as its `detail`. */
export interface MeshEvents {
  /** Answered from this member's own cache. */
  hit: Step
  /** Neither the cache nor a member had it: GitHub is asked. */
  miss: Step
  /** Answered with a body that came from a member. */
  'peer-hit': Step & { peerId: string }
  /** Waits for a request for the same that is under way. */
  wait: Step
  /** GitHub said 304: the stored body is current. */
  revalidated: Step
  /** A new body is in the cache. */
  stored: Step & { bytes: number }
  /** It was told: `recipients` are those it was sent to, relays among them, who pass it on. */
  announced: Step & { recipients: number }
  /** A member's body is in the cache. */
  received: Step & { peerId: string }
  /** GitHub could not answer; an older answer was given. */
  stale: Step & { reason: StaleReason }
  /**
   * Of a URL or repository, what is older than `asOf` (ms, GitHub's clock) was made stale: here (no `peerId`), in another tab
   * (empty), or by a member.
   */
  purged: { target: string; asOf: number; peerId?: string }
  'peer:connect': Peer
  'peer:disconnect': Peer
  /** Something needs attention and nothing stopped. */
  warning: MeshError
}

/** All of them, by name. */
export const eventTypes = [
  'hit',
  'miss',
  'peer-hit',
  'wait',
  'revalidated',
  'stored',
  'announced',
  'received',
  'stale',
  'purged',
  'peer:connect',
  'peer:disconnect',
  'warning'
] as const satisfies readonly (keyof MeshEvents)[]

/** Why GitHub could not answer. */
export type StaleReason = 'rate-limit' | 'server-error' | 'network'

export type Emit = <K extends keyof MeshEvents>(type: K, detail: MeshEvents[K]) => void

/**
 * An EventTarget for {@link MeshEvents}; what a listener throws never reaches the mesh. Warnings are logged, too: most programs
 * listen to no event.
 */
export function createEvents(logger?: { warn(line: string): void }): { target: EventTarget; emit: Emit } {
  const target = new EventTarget()
  return {
    target,
    emit(type, detail) {
      if (type === 'warning') logger?.warn(`ghmesh: ${(detail as MeshError).message}`)
      target.dispatchEvent(new CustomEvent(type, { detail }))
    }
  }
}
