import { type FSWatcher, watch } from 'node:fs'

/** Changes that come close together are told at once, and looking takes no more than so much of the time: many start at once. */
const settleMs = 20
const restPerLook = 10
/** Where a look takes long, it is the machine that is busy. */
const maxRestMs = 1000
/** More names than this are as good as all. */
const maxNames = 1000

/**
 * Tells which files of a folder have changed, by name, as the system says; without names: any of them. The next are told when
 * `changed` has settled, which never rejects, so that a folder that does not answer is not asked ever more.
 */
export function fileEvents(directory: string, changed: (names?: ReadonlySet<string>) => Promise<void>) {
  let names: Set<string> | undefined = new Set()
  let lookMs = 0
  let soon: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  let stopped = false

  async function tell(): Promise<void> {
    const told = names
    names = new Set()
    const begunAt = performance.now()
    await changed(told)
    lookMs = performance.now() - begunAt
    soon = undefined
    if (names === undefined || names.size > 0) tellSoon()
  }

  function tellSoon(): void {
    if (!stopped) soon ??= setTimeout(tell, settleMs + Math.min(restPerLook * lookMs, maxRestMs)).unref()
  }

  return {
    /** Where the system tells nothing, neither does this. */
    start(): void {
      try {
        watcher = watch(directory, { persistent: false }, (_event, name) => {
          if (name === null || names?.size === maxNames) names = undefined
          else names?.add(name)
          tellSoon()
        })
        watcher.on('error', () => watcher?.close())
      } catch {}
    },
    stop(): void {
      stopped = true
      clearTimeout(soon)
      watcher?.close()
    }
  }
}
