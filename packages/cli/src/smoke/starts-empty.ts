import type { Store } from 'ghmesh'

/**
 * A store that shows only what this run has put into it, and also keeps that in another store. An entry from an earlier run, or
 * from another process that shares the folder, must not be taken for one that came from a member.
 */
export function startsEmpty(run: Store, kept: Store): Store {
  return {
    get: (key, options) => run.get(key, options),
    list: (options) => run.list(options),
    async put(key, record, options) {
      await run.put(key, record, options)
      await kept.put(key, record, options)
    },
    async touch(key, meta, options) {
      await run.touch(key, meta, options)
      await kept.touch(key, meta, options)
    },
    async delete(key, options) {
      await run.delete(key, options)
      await kept.delete(key, options)
    },
    async close() {
      await run.close()
      await kept.close()
    }
  }
}
