/** The reasons for which a relay refuses something; the label of the metric `ghmesh_relay_rejections_total`. */
export const rejectionReasons = [
  'connection-rate',
  'connections-per-address',
  'connections-full',
  'connections-per-peer',
  'handshake',
  'webrtc-handshake',
  'shut-out',
  'unproven',
  'proof',
  'group-not-served',
  'groups-per-peer',
  'groups-full',
  'question',
  'question-rate',
  'draining',
  'shelf-unproven',
  'shelf-malformed',
  'shelf-rate',
  'shelf-time',
  'shelf-full',
  'shelf-signature',
  'shelf-store',
  'reservation-unproven',
  'reservations-per-address',
  'reservations-full',
  'circuit-other-group',
  'circuits-per-peer',
  'circuits-per-address',
  'circuits-full',
  'hop-rate',
  'frame-rate',
  'frame-size',
  'message-unproven',
  'message-rate',
  'message-size',
  'message-version',
  'message-malformed',
  'message-proof',
  'message-signature'
] as const

/** One of {@link rejectionReasons}. */
export type Reason = (typeof rejectionReasons)[number]

/** What a relay has counted since it was created. */
export interface Tally {
  readonly rejections: Readonly<Record<Reason, number>>
  /** Gossip messages that were forwarded, and their bytes. */
  readonly messages: number
  readonly messageBytes: number
  /** Bytes carried by circuits, each counted once. */
  readonly circuitBytes: number
  readonly circuitsOpened: number
  /** Records that were left on the shelf, and taken from it. */
  readonly shelfPuts: number
  readonly shelfGets: number
  /** Counts one refusal. */
  rejected(reason: Reason): void
  /** Counts a gossip message that was forwarded. */
  message(bytes: number): void
  /** Counts a record that was left on the shelf. */
  left(): void
  /** Counts a record that was taken from it. */
  taken(): void
  /** Counts a circuit that was opened. */
  circuit(): void
  /** Counts bytes that a circuit has carried. */
  carried(bytes: number): void
}

export function createTally(): Tally {
  const rejections = Object.fromEntries(rejectionReasons.map((reason) => [reason, 0])) as Record<Reason, number>
  const self = {
    rejections,
    messages: 0,
    messageBytes: 0,
    circuitBytes: 0,
    circuitsOpened: 0,
    shelfPuts: 0,
    shelfGets: 0,
    rejected(reason: Reason) {
      rejections[reason]++
    },
    message(bytes: number) {
      self.messages++
      self.messageBytes += bytes
    },
    left() {
      self.shelfPuts++
    },
    taken() {
      self.shelfGets++
    },
    circuit() {
      self.circuitsOpened++
    },
    carried(bytes: number) {
      self.circuitBytes += bytes
    }
  }
  return self
}

/** For libp2p's gater, where true means no: counts the refusal and returns true. */
export const createDeny =
  (tally: Tally) =>
  (reason: Reason): true => {
    tally.rejected(reason)
    return true
  }
