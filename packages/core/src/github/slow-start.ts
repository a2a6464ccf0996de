import { within } from '../abort.ts'

/** After a limit: one call at once, and one more for each that GitHub has answered. */
export interface SlowStart {
  /** Does work when its turn comes; rejects with `signal.reason` when that aborts before. */
  inTurn<T>(work: () => Promise<T>, signal: AbortSignal | null | undefined): Promise<T>
  /** It was limited again: from then on one at once. */
  restart(): void
  /** Nobody needs to wait any more. */
  readonly isOver: boolean
}

/** So many at once are no start any more: GitHub allows 100. */
const enough = 32

export interface SlowStartOptions {
  /** One that GitHub does not answer makes room for the next after this long, ms. */
  maxStepMs: number
  /** One has to wait. */
  waits(): void
  /** No: it is limited again. */
  mayWiden(): boolean
}

export function createSlowStart({ maxStepMs, waits, mayWiden }: SlowStartOptions): SlowStart {
  const waiting = new Set<() => void>()
  let width = 1
  let active = 0

  function release(): void {
    for (const begin of waiting) {
      if (active >= width) return
      waiting.delete(begin)
      begin()
    }
  }

  function turn(signal: AbortSignal | null | undefined): Promise<void> | undefined {
    if (active < width) {
      active++
      return undefined
    }
    waits()
    return new Promise((resolve, reject) => {
      const begin = () => {
        active++
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(begin)
        reject(signal?.reason)
      }
      if (signal?.aborted) return leave()
      signal?.addEventListener('abort', leave, { once: true })
      waiting.add(begin)
    })
  }

  return {
    async inTurn(work, signal) {
      await turn(signal)
      const working = work()
      void within(working, maxStepMs).then(() => {
        active--
        if (mayWiden()) width++
        release()
      })
      return working
    },
    restart() {
      width = 1
    },
    get isOver() {
      return width >= enough
    }
  }
}
