import { abortable } from '../abort.ts'

/** So many things at once for each name; the others wait for their turn, first come, first served. */
export interface Lanes {
  /** Resolves when it is its turn, to what ends it. Rejects with the signal's reason. */
  take(name: string, signal: AbortSignal): Promise<() => void>
}

export function createLanes(most: number): Lanes {
  const lanes = new Map<string, { taken: number; waiting: (() => void)[] }>()

  return {
    async take(name, signal) {
      signal.throwIfAborted()
      const lane = lanes.get(name) ?? { taken: 0, waiting: [] }
      lanes.set(name, lane)
      const end = () => {
        const next = lane.waiting.shift()
        if (next) next()
        else if (--lane.taken === 0) lanes.delete(name)
      }
      if (lane.taken < most) {
        lane.taken++
        return end
      }
      let go = () => {}
      const turn = new Promise<void>((resolve) => {
        go = resolve
      })
      lane.waiting.push(go)
      try {
        await abortable(turn, signal)
      } catch (error) {
        const at = lane.waiting.indexOf(go)
        if (at >= 0) lane.waiting.splice(at, 1)
        else end() // its turn came in the same moment
        throw error
      }
      return end
    }
  }
}
