import type { Mesh, MeshEvents } from 'ghmesh'

/** The next event of this kind (that fits). */
export function next<K extends keyof MeshEvents>(
  mesh: Mesh,
  type: K,
  fits: (detail: MeshEvents[K]) => boolean = () => true
) {
  return new Promise<MeshEvents[K]>((resolve) => {
    mesh.addEventListener(type, function listen({ detail }) {
      if (!fits(detail)) return
      mesh.removeEventListener(type, listen)
      resolve(detail)
    })
  })
}
