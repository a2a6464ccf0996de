/** Connections whose handshake is not over: bounded in time and number, for each host and in all. */
export interface WaitingRoom {
  /**
   * A connection has come. `turnAway` closes it, when its time is up or it has to make room for another.
   * Returns what is to be called once its handshake is over or it has gone; calling it again does nothing.
   *
   * @param host Where it comes from, as bounds count it; undefined for what has no bound of its own.
   */
  enter(host: string | undefined, turnAway: (reason: Error) => void): () => void
}

/** How much room there is. */
export interface WaitingRoomOptions {
  /** How many may wait at once, in all and from one host. */
  maxWaiting: number
  maxWaitingPerHost: number
  /** A handshake may take this long, in ms. */
  maxWaitMs: number
  /** One had to go, for whichever reason. */
  turnedAway?(): void
}

interface Waiting {
  turnAway(reason: Error): void
  timer: ReturnType<typeof setTimeout>
}

/**
 * Where the room is full, the one that has waited longest goes, of the host with the most. An honest handshake takes
 * milliseconds and a silent connection waits for ever, so a client that fills the room with silent connections displaces only its own.
 */
export function createWaitingRoom(options: WaitingRoomOptions): WaitingRoom {
  const { maxWaiting, maxWaitingPerHost, maxWaitMs, turnedAway } = options
  // Of each host, the longest waiting first.
  const hosts = new Map<string | undefined, Set<Waiting>>()
  let total = 0

  function leave(host: string | undefined, one: Waiting): boolean {
    const waiting = hosts.get(host)
    if (!waiting?.delete(one)) return false
    clearTimeout(one.timer)
    if (waiting.size === 0) hosts.delete(host)
    total--
    return true
  }

  function turnAway(host: string | undefined, one: Waiting | undefined, why: string): void {
    if (!one || !leave(host, one)) return
    turnedAway?.()
    one.turnAway(new Error(why))
  }

  const longest = (host: string | undefined) => hosts.get(host)?.values().next().value

  function fullestHost(): string | undefined {
    let fullest: string | undefined
    let most = 0
    for (const [host, { size }] of hosts) {
      if (size <= most) continue
      fullest = host
      most = size
    }
    return fullest
  }

  return {
    enter(host, end) {
      if (host !== undefined && (hosts.get(host)?.size ?? 0) >= maxWaitingPerHost)
        turnAway(host, longest(host), 'too many unfinished handshakes from this address')
      else if (total >= maxWaiting) {
        const fullest = fullestHost()
        turnAway(fullest, longest(fullest), 'too many unfinished handshakes')
      }
      const one: Waiting = {
        turnAway: end,
        timer: setTimeout(() => turnAway(host, one, `the handshake took longer than ${maxWaitMs} ms`), maxWaitMs)
      }
      hosts.set(host, (hosts.get(host) ?? new Set()).add(one))
      total++
      return () => void leave(host, one)
    }
  }
}
