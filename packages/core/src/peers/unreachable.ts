/** A member that could not be reached is not dialled for another question within this. */
const unreachableMs = 30_000

/** Members that could not be reached lately. */
export function createUnreachable(localNow: () => number) {
  const until = new Map<string, number>()
  return {
    has: (peerId: string): boolean => (until.get(peerId) ?? 0) > localNow(),
    add(peerId: string): void {
      until.set(peerId, localNow() + unreachableMs)
    },
    remove: (peerId: string): void => void until.delete(peerId),
    /** Forgets those that may be dialled again. */
    tick(): void {
      for (const [peerId, at] of until) if (at <= localNow()) until.delete(peerId)
    }
  }
}
