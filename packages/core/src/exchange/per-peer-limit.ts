import { abortable } from '../abort.ts'

/** So many things at once for each name; the others wait for their turn, first come, first served. */
export interface PerPeerLimit {
  /** Resolves when it is its turn, to what ends it. Rejects with the signal's reason. */
  take(name: string, signal?: AbortSignal): Promise<() => void>
}

export function createPerPeerLimit(max: number): PerPeerLimit {
  const peers = new Map<string, { taken: number; waiting: (() => void)[] }>()

  return {
    async take(name, signal) {
      signal?.throwIfAborted()
      const peer = peers.get(name) ?? { taken: 0, waiting: [] }
      peers.set(name, peer)
      const end = () => {
        const next = peer.waiting.shift()
        if (next) next()
        else if (--peer.taken === 0) peers.delete(name)
      }
      if (peer.taken < max) {
        peer.taken++
        return end
      }
      let go = () => {}
      const turn = new Promise<void>((resolve) => {
        go = resolve
      })
      peer.waiting.push(go)
      try {
        await abortable(turn, signal)
      } catch (error) {
        const at = peer.waiting.indexOf(go)
        if (at >= 0) peer.waiting.splice(at, 1)
        else end() // its turn came in the same moment
        throw error
      }
      return end
    }
  }
}
