import type { Faults } from './faults.ts'
import type { GitHub } from './github.ts'
import type { Listener } from './listener.ts'

/** Whether GitHub can be reached: away for a while, or for good. */
export function controlOutages(
  faults: Faults,
  api: Listener,
  files: Listener
): Pick<GitHub, 'goDown' | 'goUp' | 'stop'> {
  let listening = true
  let stopped: Promise<void> | undefined
  return {
    async goDown(how = 'refuse') {
      faults.down = how === 'refuse' ? 'reset' : how
      if (how !== 'refuse' || !listening) return
      listening = false
      await api.close()
    },
    async goUp() {
      faults.down = undefined
      if (listening) return
      await api.open()
      listening = true
    },
    stop() {
      faults.releaseAll()
      stopped ??= Promise.all([listening ? api.close() : undefined, files.close()]).then(() => {})
      return stopped
    }
  }
}
