import { type FSWatcher, watch } from 'node:fs'
import { oneByOne } from '../one-by-one.ts'

/** Changes that come close together are looked at once, and looking takes no more than so much of the time: many start at once. */
const settleMs = 20
const restPerLook = 10
/** Where a look takes long, it is the machine that is busy. */
const maxRestMs = 1000
/** More names than this are as good as all. */
const maxNames = 1000
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
  /** Names; undefined for all. */
  let changed: Set<string> | undefined = new Set()
  let lookMs = 0
  let waitMs = pollMs
  let poll: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  let healthy = true

  async function lookAtAll(): Promise<void> {
    const hasChanged = await looks.run(() => look())
    // While all that changes is told, there is little to be found.
    waitMs = hasChanged ? pollMs : Math.min(2 * waitMs, slowestPoll * pollMs)
  }

  async function lookAtChanged(): Promise<void> {
    const names = changed
    changed = new Set()
    await looks.run(async () => {
      const begunAt = performance.now()
      await look(names)
      lookMs = performance.now() - begunAt
    })
  }

  /** For timers and watchers, out of which nothing may throw. */
  function quietly(look: () => Promise<void>): void {
    look().then(
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
      quietly(lookAtAll)
      pollAgain()
    }, waitMs).unref()
  }

  function listen(): void {
    try {
      watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (name === null || changed?.size === maxNames) changed = undefined
        else changed?.add(name)
        soon ??= setTimeout(
          () => {
            soon = undefined
            quietly(lookAtChanged)
          },
          settleMs + Math.min(restPerLook * lookMs, maxRestMs)
        ).unref()
      })
      watcher.on('error', () => watcher?.close())
    } catch {} // the poll remains
  }

  return {
    lookNow: lookAtAll,
    start(): void {
      if (poll) return
      pollAgain()
      listen()
      quietly(lookAtAll) // what came between the first look and the watch
    },
    /** Resolves when the look that is under way has ended. */
    async stop(): Promise<void> {
      clearTimeout(poll)
      clearTimeout(soon)
      watcher?.close()
      await looks.idle()
    }
  }
}
