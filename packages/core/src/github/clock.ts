/** GitHub's clock as this member knows it. */
export interface Clock {
  /** Milliseconds since the epoch, corrected. */
  now(): number
  /** What is added to the local clock, in milliseconds. */
  readonly offsetMs: number
  /** True once an own answer's `Date` was read, which browsers do not let us. */
  readonly fromOrigin: boolean
  /** Learns from the `Date` of an answer and the local times at which its request was sent and its head came. */
  learn(date: string | null, sentAt: number, receivedAt: number): void
  /** Learns from a member's presence; used only while the origin's own `Date` cannot be read. */
  hear(peerId: string, offsetMs: number): void
}

const heardPeers = 64

/**
 * What has to be added to the local clock, in milliseconds, by the `Date` of an answer and the local times at which its
 * request was sent and its head came: the least change of `known`, for `Date` counts whole seconds. Undefined for no date.
 */
export function clockOffsetMs(date: string | null, sentAt: number, receivedAt: number, known = 0): number | undefined {
  const said = Date.parse(date ?? '')
  return Number.isNaN(said) ? undefined : Math.min(Math.max(known, said - receivedAt), said + 999 - sentAt)
}

export function createClock(localNow: () => number): Clock {
  const heard = new Map<string, number>()
  let own: number | undefined

  const median = () => {
    const sorted = [...heard.values()].sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
  return {
    now: () => localNow() + (own ?? median()),
    get offsetMs() {
      return own ?? median()
    },
    get fromOrigin() {
      return own !== undefined
    },
    learn(date, sentAt, receivedAt) {
      own = clockOffsetMs(date, sentAt, receivedAt, own) ?? own
    },
    hear(peerId, offsetMs) {
      heard.delete(peerId)
      heard.set(peerId, offsetMs)
      for (const oldest of heard.keys()) {
        if (heard.size <= heardPeers) break
        heard.delete(oldest)
      }
    }
  }
}
