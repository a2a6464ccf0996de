import type { AfterWrite, AfterWriteOptions } from './after-write.ts'

export interface LateAfterWrite {
  /** Undefined where it cannot be loaded. Then everything is stale, because nothing says what was changed. */
  get(): Promise<AfterWrite | undefined>
  stop(): Promise<void>
}

/** What happens after a write, loaded at the first one: most members and pages only read. */
export function lateAfterWrite(options: AfterWriteOptions): LateAfterWrite {
  let loaded: Promise<AfterWrite | undefined> | undefined
  return {
    get: () =>
      (loaded ??= import('./after-write.ts').then(
        ({ createAfterWrite }) => createAfterWrite(options),
        () => {
          loaded = undefined
          options.purges.forget(options.mostGithubNow())
          return undefined
        }
      )),
    stop: async () => (await loaded)?.stop()
  }
}
