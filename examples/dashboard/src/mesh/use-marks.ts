import type { Mesh } from 'ghmesh'
import { useEffect, useState, useSyncExternalStore } from 'preact/compat'
import { createMarks, type Mark, type Marks } from './marks.ts'

const none: ReadonlyMap<string, Mark> = new Map()
const nobody = () => () => {}

/** What the team said of these. */
export function useMarks(mesh: Mesh | undefined, ids: readonly string[]) {
  const [marks, setMarks] = useState<Marks>()
  useEffect(() => {
    if (!mesh || !crypto.subtle) return
    const made = createMarks(mesh)
    setMarks(made)
    return () => {
      made.stop()
      setMarks(undefined)
    }
  }, [mesh])
  useEffect(() => marks?.watch(ids), [marks, ids])
  const all = useSyncExternalStore(marks?.subscribe ?? nobody, marks?.all ?? (() => none))
  return { marks: all, mark: marks?.mark }
}
