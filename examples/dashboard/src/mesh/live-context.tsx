import type { Mesh } from 'ghmesh'
import { createContext, type ReactNode, useContext } from 'preact/compat'
import { type Live, nothing, useLive } from './use-live.ts'

const LiveMesh = createContext<Live>(nothing)

/** The mesh as it is now, for those below that ask for it. Only they are drawn again when it changes. */
export function LiveProvider({ mesh, children }: { mesh: Mesh | undefined; children: ReactNode }) {
  return <LiveMesh value={useLive(mesh)}>{children}</LiveMesh>
}

export const useLiveMesh = (): Live => useContext(LiveMesh)
