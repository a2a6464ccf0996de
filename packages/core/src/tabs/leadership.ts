/**
 * Which tab leads: the one that has the Web Lock of this name. `begin` starts what the leader does, once it is this tab's turn,
 * and resolves to what ends that.
 */
export function createLeadership(name: string, begin: () => Promise<() => Promise<void>>) {
  const queue = new AbortController()
  let isInLine = false
  let lock: Promise<unknown> = Promise.resolve()
  let leave = () => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })

  async function lead(begun: () => void): Promise<void> {
    try {
      const end = await begin()
      begun()
      await left
      await end()
    } finally {
      isInLine = false
    }
  }

  return {
    get isInLine() {
      return isInLine
    },
    /** Waits for this tab's turn; rejects when it cannot begin then. */
    standInLine(): Promise<void> {
      isInLine = true
      return new Promise((resolve, reject) => {
        lock = navigator.locks.request(name, { signal: queue.signal }, () => lead(resolve))
        lock.catch(reject)
      })
    },
    async leave(): Promise<void> {
      leave()
      queue.abort()
      await lock.catch(() => {})
    }
  }
}
