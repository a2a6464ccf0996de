import { oneByOne } from '../one-by-one.ts'
import { fileEvents } from './file-events.ts'

/** While nothing changes, the folder is looked at less and less often, down to this part of what `pollMs` says. */
const slowestPoll = 5

export interface FolderWatchOptions {
  directory: string
  pollMs: number
  /** Reads the whole folder, or only the files of these names; resolves to whether anything has changed. */
  look(names?: ReadonlySet<string>): Promise<boolean>
  /** A look failed that nobody waits for; called again only after one that did not. */
  failed(error: unknown): void
}

/**
 * Looks at what the system says has changed in a folder, and from time to time at all of it: there are file systems that say
 * nothing.
 */
export function watchFolder({ directory, pollMs, look, failed }: FolderWatchOptions) {
  const looks = oneByOne()
  let waitMs = pollMs
  let atAll: Promise<void> | undefined
  let poll: NodeJS.Timeout | undefined
  let healthy = true

  function lookAtAll(): Promise<void> {
    atAll ??= looks
      .run(() => look())
      .then((hasChanged) => {
        // While all that changes is told, there is little to be found.
        waitMs = hasChanged ? pollMs : Math.min(2 * waitMs, slowestPoll * pollMs)
      })
      .finally(() => {
        atAll = undefined
      })
    return atAll
  }

  /** For timers and watchers, out of which nothing may throw. */
  const quietly = (look: Promise<unknown>): Promise<void> =>
    look.then(
      () => {
        healthy = true
      },
      (error) => {
        if (healthy) failed(error)
        healthy = false
      }
    )
  const events = fileEvents(directory, (names) => quietly(looks.run(() => look(names))))

  function pollAgain(): void {
    poll = setTimeout(() => {
      void quietly(lookAtAll())
      pollAgain()
    }, waitMs).unref()
  }

  return {
    lookNow: lookAtAll,
    start(): void {
      if (poll) return
      pollAgain()
      events.start()
      void quietly(lookAtAll()) // what came between the first look and the watch
    },
    /** Resolves when the look that is under way has ended. */
    async stop(): Promise<void> {
      clearTimeout(poll)
      events.stop()
      await looks.idle()
    }
  }
}
