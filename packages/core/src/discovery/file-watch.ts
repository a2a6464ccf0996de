import { type FSWatcher, watch } from 'node:fs'

/** Changes that come close together are looked at once, and looking takes no more than so much of the time: many start at once. */
const settleMs = 20
const restPerLook = 10
/** While nothing changes, the folder is looked at less and less often, down to this part of what `pollMs` says. */
const slowestPoll = 5

export interface FolderWatchOptions {
  directory: string
  pollMs: number
  /** Reads the folder; resolves to whether anything has changed. */
  look(): Promise<boolean>
  /** A look failed that nobody waits for; called again only after one that did not. */
  failed(error: unknown): void
}

/** Looks at a folder when the system says that it has changed, and from time to time in any case. */
export function watchFolder({ directory, pollMs, look, failed }: FolderWatchOptions) {
  let looking: Promise<void> | undefined
  let lookMs = 0
  let waitMs = pollMs
  let poll: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  let healthy = true

  async function timedLook(): Promise<void> {
    const begunAt = performance.now()
    const hasChanged = await look()
    lookMs = performance.now() - begunAt
    waitMs = hasChanged ? pollMs : Math.min(2 * waitMs, slowestPoll * pollMs)
  }

  function lookNow(): Promise<void> {
    looking ??= timedLook().finally(() => {
      looking = undefined
    })
    return looking
  }

  /** For timers and watchers, out of which nothing may throw. */
  function lookQuietly(): void {
    lookNow().then(
      () => {
        healthy = true
      },
      (error) => {
        if (healthy) failed(error)
        healthy = false
      }
    )
  }

  function pollAgain(): void {
    poll = setTimeout(() => {
      lookQuietly()
      pollAgain()
    }, waitMs).unref()
  }

  function listen(): void {
    try {
      watcher = watch(directory, { persistent: false }, () => {
        soon ??= setTimeout(
          () => {
            soon = undefined
            lookQuietly()
          },
          settleMs + restPerLook * lookMs
        ).unref()
      })
      watcher.on('error', () => watcher?.close())
    } catch {} // the poll remains
  }

  return {
    lookNow,
    start(): void {
      if (poll) return
      pollAgain()
      listen()
      lookQuietly() // what came between the first look and the watch
    },
    /** Resolves when the look that is under way has ended. */
    async stop(): Promise<void> {
      clearTimeout(poll)
      clearTimeout(soon)
      watcher?.close()
      await looking?.catch(() => {})
    }
  }
}
