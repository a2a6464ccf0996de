import { LRU } from 'tiny-lru'

const windowSize = 1024

/**
 * Remembers which counters of a sender's session were seen: a sliding window of 1,024 (RFC 4303, section 3.4.3).
 * Older than the window counts as seen. At most `sessions` are remembered; `sentAt` bounds what an older one could replay.
 */
export function createReplayWindow(sessions = 1024): { firstTime(session: string, counter: number): boolean } {
  const windows = new LRU<{ highest: number; seen: Set<number> }>(sessions)
  return {
    firstTime(session, counter) {
      let window = windows.get(session)
      if (!window) {
        window = { highest: -1, seen: new Set() }
        windows.set(session, window)
      }
      if (counter <= window.highest - windowSize || window.seen.has(counter)) return false
      window.seen.add(counter)
      window.highest = Math.max(window.highest, counter)
      // Twice the window before a sweep, so that sweeping costs nothing on average.
      if (window.seen.size > 2 * windowSize) {
        for (const old of window.seen) if (old <= window.highest - windowSize) window.seen.delete(old)
      }
      return true
    }
  }
}
