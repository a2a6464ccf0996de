import type { Mesh } from 'ghmesh'

const patienceMs = 3000

/** Resolves once a member is there to be asked, or soon anyway: who starts alone should not wait. */
export function firstMember(mesh: Mesh): Promise<void> {
  if (mesh.peers().length > 0 || mesh.relays().length === 0) return Promise.resolve()
  return new Promise((resolve) => {
    mesh.addEventListener('peer:connect', () => resolve(), { once: true })
    setTimeout(resolve, patienceMs)
  })
}
