import type { Mesh, Peer } from 'ghmesh'
import { briefMember } from '../brief-member.ts'
import { findsMembers, noWayToMembers } from '../environment.ts'
import { CliError } from '../errors.ts'
import { createOutput, type Output } from '../output.ts'
import { until } from '../until.ts'
import { shown, table } from './show.ts'
import { type Place, sourceOf } from './source.ts'

export interface PeersFlags extends Pick<Place, 'socket'> {
  waitSeconds: number
  json?: boolean
}

const noSecret = 'there is no secret, so there are no members; set CACHE_P2P_SHARED_SECRET'

/** `ghmesh peers`: the members that the proxy is connected with, or those that a member of a few seconds meets. */
export async function peers(flags: PeersFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  const { proxy } = await sourceOf({ socket: flags.socket })
  if (proxy) {
    const { stats, peers, pid } = proxy.figures
    if (stats.peerId === undefined) throw new CliError(`${noSecret} for the proxy (process ${pid}) and start it again`)
    tell(
      flags,
      output,
      peers,
      { peer_id: stats.peerId, proxy: pid },
      `the proxy (process ${pid}) is connected with nobody`
    )
    return 0
  }
  await using mesh = await briefMember({ logger: output.logger })
  if (mesh.peerId === undefined) throw new CliError(noSecret, 2)
  if (!findsMembers()) throw new CliError(noWayToMembers)
  const met = await meet(mesh, flags.waitSeconds, output, signal)
  tell(
    flags,
    output,
    met,
    { peer_id: mesh.peerId },
    `nobody within ${flags.waitSeconds} s; --wait-seconds waits longer`
  )
  return 0
}

async function meet(mesh: Mesh, waitSeconds: number, output: Output, signal: AbortSignal): Promise<Peer[]> {
  const done = output.waiting(`No proxy runs; waiting ${waitSeconds} s for members`)
  try {
    await until(mesh, () => undefined, { waitMs: waitSeconds * 1000, signal, received: () => false })
    return mesh.peers()
  } finally {
    done()
  }
}

function tell(flags: PeersFlags, output: Output, found: readonly Peer[], self: object, nobody: string): void {
  if (found.length === 0) output.note(`ghmesh: ${nobody}`)
  const rows = found.map(({ name, id, path, transport, rttMs }) => ({
    name,
    peer_id: id,
    path,
    transport,
    rtt_ms: rttMs
  }))
  if (flags.json) output.document({ ...self, connected_peers: rows.length, peers: rows })
  if (rows.length === 0) return
  const head = ['name', 'peer id', 'path', 'transport', 'rtt ms']
  const cells = rows.map(({ name = '-', peer_id, path, transport, rtt_ms }) => [
    shown(name),
    shown(peer_id),
    path,
    transport,
    rtt_ms === undefined ? '-' : String(Math.round(rtt_ms))
  ])
  for (const line of table([head, ...cells])) output.line(line)
}
