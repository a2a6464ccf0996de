/** Requests that wait until a peer has shown its proof, which may arrive a moment after them. */
export interface ProofWaiters {
  /** Resolves to true once `isShown` says so, and to false when the time is up or the peer has gone. */
  wait(peerId: string, ms: number, isShown: () => boolean): Promise<boolean>
  /** The peer has shown something, or has gone. */
  wake(peerId: string): void
}

export function createProofWaiters(isConnected: (peerId: string) => boolean): ProofWaiters {
  const waiting = new Map<string, Set<() => void>>()
  return {
    wait(peerId, ms, isShown) {
      if (isShown()) return Promise.resolve(true)
      return new Promise((resolve) => {
        const looks = waiting.get(peerId) ?? new Set()
        waiting.set(peerId, looks)
        const settle = (found: boolean) => {
          clearTimeout(timer)
          looks.delete(look)
          if (looks.size === 0 && waiting.get(peerId) === looks) waiting.delete(peerId)
          resolve(found)
        }
        const look = () => {
          if (isShown()) settle(true)
          else if (!isConnected(peerId)) settle(false)
        }
        const timer = setTimeout(settle, ms, false)
        looks.add(look)
      })
    },
    wake(peerId) {
      for (const look of waiting.get(peerId) ?? []) look()
    }
  }
}
