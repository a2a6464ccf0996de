import { eventTypes, type Mesh, type MeshEvents, type Peer } from 'ghmesh'
import type { Output } from '../output.ts'
import { nameOf } from '../provenance.ts'

// The logger already prints warnings.
const events = eventTypes.filter((type) => type !== 'warning')

/** `--verbose`: a line for each event of the mesh. */
export function tellEvents(mesh: Mesh, output: Output): void {
  for (const type of events) {
    mesh.addEventListener(type, ({ detail }: CustomEvent<MeshEvents[typeof type]>) => {
      output.note(`${new Date().toISOString()} ${type} ${describe(mesh, detail)}`)
    })
  }
}

function describe(mesh: Mesh, detail: MeshEvents[(typeof events)[number]]): string {
  if ('target' in detail) return detail.target
  if ('transport' in detail) return describePeer(detail)
  const from = 'peerId' in detail ? ` from ${nameOf(mesh, detail.peerId)}` : ''
  return `${detail.url}${from}${'recipients' in detail ? ` to ${detail.recipients}` : ''}`
}

const describePeer = ({ id, name, transport }: Peer) => `${id}${name ? ` ${name}` : ''} ${transport}`
