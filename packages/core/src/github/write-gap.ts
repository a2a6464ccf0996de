import { LRU } from 'tiny-lru'
import { abortable } from '../abort.ts'

/** The writes of one token. */
interface Line {
  /** Settles when the last of them has been sent. */
  last: Promise<void>
  /** How many have come and were not sent yet. */
  waiting: number
  sentAt: number
}

const maxLines = 1000

/**
 * Writes of one token begin at least `gapMs` apart, in the order in which they came: "wait at least one second between each
 * request" (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api). The first goes at once.
 * Resolves when it is this one's turn; rejects with `signal.reason` when that aborts before.
 */
export function createWriteGap(gapMs: number, localNow: () => number, waits: () => void) {
  const lines = new LRU<Line>(maxLines)

  return async (viewer: string, signal: AbortSignal | null | undefined): Promise<void> => {
    const line = lines.get(viewer) ?? { last: Promise.resolve(), waiting: 0, sentAt: Number.NEGATIVE_INFINITY }
    lines.set(viewer, line)
    const before = line.last
    let sent = () => {}
    const own = new Promise<void>((resolve) => {
      sent = resolve
    })
    line.last = before.then(() => own)
    const leftMs = () => Math.min(gapMs, line.sentAt + gapMs - localNow())
    try {
      if (leftMs() > 0 || (gapMs > 0 && line.waiting > 0)) waits()
      line.waiting++
      await abortable(before, signal)
      const waitMs = leftMs()
      if (waitMs > 0) await sleep(waitMs, signal)
      line.sentAt = localNow()
    } finally {
      line.waiting--
      sent()
    }
  }
}

async function sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await abortable(over, signal).finally(() => clearTimeout(timer))
}
