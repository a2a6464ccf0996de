import { type Bucket, createBucket } from '../peers/bucket.ts'

/** What is to be done at relays' shelves, by key: one after the other and in the background. */
export interface ShelfWork<Work> {
  /** Takes the place of what was to be done with the same key. */
  add(key: string, work: Work): void
  /** There is somebody to do it at. */
  start(): void
  /** Waits until nothing is left to do. */
  idle(): Promise<void>
  stop(): void
}

const maxWaiting = 10_000
/** Below what a relay takes from one peer: an honest burst is slowed here instead of refused there. */
const perSecond = 40
const burst = 160

/** `canWork`: there is a relay that takes something. `doIt` resolves to how long to rest before it is done again, ms; undefined: it is done. */
export function createShelfWork<Work>(
  canWork: () => boolean,
  doIt: (key: string, work: Work) => Promise<number | undefined>,
  pace: Pick<Bucket, 'take' | 'waitMs'> = createBucket(perSecond, burst, () => performance.now())
): ShelfWork<Work> {
  const waiting = new Map<string, Work>()
  let running: Promise<void> | undefined
  let stopped = false
  let wake = () => {}

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  function start(): void {
    if (stopped || waiting.size === 0 || !canWork()) return
    running ??= run().finally(() => {
      running = undefined
      start()
    })
  }

  async function run(): Promise<void> {
    for (const key of waiting.keys()) {
      while (!stopped && !pace.take()) await sleep(pace.waitMs())
      if (stopped || !canWork()) return
      // Not before the wait: it may have become other work.
      const work = waiting.get(key) as Work
      waiting.delete(key)
      const restMs = await doIt(key, work).catch(() => undefined)
      if (stopped) return
      if (restMs !== undefined && !waiting.has(key)) waiting.set(key, work)
      if (restMs) await sleep(restMs)
    }
  }

  return {
    add(key, work) {
      waiting.delete(key)
      if (waiting.size >= maxWaiting || stopped) return
      waiting.set(key, work)
      start()
    },
    start,
    async idle() {
      while (running) await running
    },
    stop() {
      stopped = true
      waiting.clear()
      wake()
    }
  }
}
