import type { Mesh, Peer, Relay } from 'ghmesh'
import { briefMember } from '../brief-member.ts'
import { findsMembers, networkingOff, noWayToMembers } from '../environment.ts'
import { CliError } from '../errors.ts'
import { createOutput, type Output } from '../output.ts'
import { shown } from '../terminal.ts'
import { until } from '../until.ts'
import { counted, table } from './show.ts'
import { type Place, sourceOf } from './source.ts'

export interface PeersFlags extends Pick<Place, 'socket'> {
  waitSeconds: number
  json?: boolean
}

const nobody = () => networkingOff() ?? 'there is no secret, so there are no members; set CACHE_P2P_SHARED_SECRET'

/** What is shown, from the proxy or from a member that runs for a few seconds. */
interface Seen {
  self: { peer_id: string; proxy?: number; addresses?: readonly string[] }
  peers: readonly Peer[]
  /** Members that can be asked, connected or not; a proxy of an older version does not say. */
  known?: number | undefined
  relays: readonly Relay[]
}

/** `ghmesh peers`: the members that the proxy is connected to, or that a member meets within a few seconds. */
export async function peers(flags: PeersFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  const { proxy } = await sourceOf({ socket: flags.socket })
  if (proxy) {
    const { stats, peers, relays = [], pid, addresses = [] } = proxy.figures
    if (stats.peerId === undefined) throw new CliError(`${nobody()} for the proxy (process ${pid}) and start it again`)
    const self = { peer_id: stats.peerId, proxy: pid, addresses }
    tell(
      output,
      { self, peers, known: stats.knownPeers, relays },
      `the proxy (process ${pid}) has no connected members`
    )
    return 0
  }
  await using mesh = await briefMember({ logger: output.logger })
  if (mesh.peerId === undefined) throw new CliError(nobody(), 2)
  if (!findsMembers()) throw new CliError(noWayToMembers)
  const seen = { self: { peer_id: mesh.peerId }, ...(await meet(mesh, flags.waitSeconds, output, signal)) }
  tell(output, seen, `no members within ${flags.waitSeconds} s; wait longer with --wait-seconds`)
  return 0
}

async function meet(mesh: Mesh, waitSeconds: number, output: Output, signal: AbortSignal): Promise<Omit<Seen, 'self'>> {
  const done = output.waiting(`No proxy is running; waiting ${waitSeconds} s for members`)
  try {
    await until(mesh, () => undefined, { waitMs: waitSeconds * 1000, signal, received: () => false })
    return { peers: mesh.peers(), known: mesh.stats().knownPeers, relays: mesh.relays() }
  } finally {
    done()
  }
}

function tell(output: Output, { self, peers, known, relays }: Seen, nobody: string): void {
  const reservations = relays.filter(({ state }) => state === 'reserved').length
  if (peers.length === 0) {
    output.note(
      reservations > 0
        ? `ghmesh: ${nobody}; others of this group can reach this one through ${counted(reservations, 'relay')}`
        : `ghmesh: ${nobody}`
    )
  }
  const rows = peers.map(({ name, id, path, transport, rttMs }) => ({
    name,
    peer_id: id,
    path,
    transport,
    rtt_ms: rttMs
  }))
  const through = relays.map(({ id, ...rest }) => ({ peer_id: id, ...rest }))
  if (output.json)
    output.document({ ...self, connected_peers: rows.length, known_peers: known, peers: rows, relays: through })
  const cells = rows.map(({ name = '-', peer_id, path, transport, rtt_ms }) => [
    shown(name),
    shown(peer_id),
    path,
    transport,
    rtt_ms === undefined ? '-' : String(Math.round(rtt_ms))
  ])
  if (cells.length > 0) show(output, ['name', 'peer id', 'path', 'transport', 'rtt ms'], cells)
  const others = (known ?? 0) - peers.length
  if (others > 0)
    output.note(`ghmesh: ${counted(others, 'other member')} known; ghmesh connects to them when it needs them`)
  if (cells.length > 0 && relays.length > 0) output.line('')
  if (relays.length > 0) show(output, ['relay', 'state', 'address'], relays.map(relayCells))
  const listening = (self.addresses ?? []).filter((address) => !address.includes('/ws'))
  if (listening.length > 0 && cells.length + relays.length > 0) output.line('')
  for (const address of listening) output.line(`listening: ${address}`)
}

const relayCells = ({ id, state, refused, address }: Relay): string[] => [
  id,
  refused === undefined ? state : `${state}, ${refused === 'proof' ? 'not serving this group' : 'no reservation'}`,
  address.replace(/\/p2p\/\w+$/, '')
]

function show(output: Output, head: string[], cells: string[][]): void {
  for (const line of table([head, ...cells])) output.line(line)
}
