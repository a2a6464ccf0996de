import { createMesh, libp2pTransport, memoryStore, type Peer } from 'ghmesh'
import { findsMembers, networkOptions, usesMdns } from '../environment.ts'
import { printable } from '../printable.ts'
import { listenerOn } from '../proxy/holder.ts'
import type { ProxyFigures } from '../proxy/own-pages.ts'
import { firstMember, until } from '../until.ts'
import { type Finding, ok, warning } from './check.ts'
import type { GitHub } from './github.ts'

export interface MembersOptions {
  github: GitHub
  /** Where a proxy may be listening. */
  sockets: readonly string[]
  waitMs: number
  signal: AbortSignal
}

/** The known address of a member is dialled again this often: the SDK's own pace is for processes that stay. */
const dialMs = 300
/** Once the first is here: for the others, and for their names. */
const restMs = 1000
const probeMs = 1000
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Who is connected: as a proxy that runs says, or as a member sees it that joins for a moment. */
export async function checkMembers({ github, sockets, waitMs, signal }: MembersOptions): Promise<Finding> {
  for (const socket of sockets) {
    const listener = await listenerOn(socket).catch(() => undefined) // the check of gh says what is wrong with it
    if (listener?.kind !== 'proxy') continue
    const { pid, peers } = listener.said as unknown as ProxyFigures
    return found(peers, `with ghmesh proxy (process ${pid})`)
  }
  return found(await seen({ github, waitMs, signal }), `within ${waitMs / 1000} s`)
}

async function seen({ github, waitMs, signal }: Omit<MembersOptions, 'sockets'>): Promise<Peer[]> {
  const transport = libp2pTransport({ ...networkOptions(), listenPort: 0 })
  await using mesh = await createMesh({
    transport,
    mdns: usesMdns(),
    store: memoryStore(),
    fetch: github.fetch,
    limits: { dialMs },
    logger: quiet
  })
  if ((await firstMember(mesh, waitMs, signal)) === 0) return []
  const named = () => mesh.peers().every(({ name }) => name !== undefined) || undefined
  await until(mesh, named, { waitMs: restMs, pollMs: 50, signal, received: () => false })
  return await Promise.all(
    mesh.peers().map(async (peer) => {
      const probed = await transport
        .probe(`/p2p/${peer.id}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(probeMs)]) })
        .catch(() => undefined) // an older ghmesh does not answer probes
      return probed ? { ...peer, rttMs: Math.min(...probed.rttMs) } : peer
    })
  )
}

function found(peers: readonly Peer[], how: string): Finding {
  if (peers.length > 0) return ok(`${peers.length} connected ${how}: ${peers.map(describe).join(', ')}`)
  return warning(
    `none connected ${how}`,
    findsMembers()
      ? 'is another one running now, with the same CACHE_P2P_SHARED_SECRET? "ghmesh probe" finds out whether the machines reach each other'
      : 'nothing says where members are: set GITHUB_REPOSITORY, IPFS_ACCELERATE_P2P_CACHE_DIR, CACHE_BOOTSTRAP_PEERS or GHMESH_RELAYS, or let GHMESH_MDNS look on the local network'
  )
}

function describe({ id, name, path, transport, rttMs }: Peer): string {
  const said = [path, transport, ...(rttMs === undefined ? [] : [`${rttMs.toFixed(1)} ms`])]
  return `${printable(name ?? `…${id.slice(-8)}`)} (${said.join(', ')})`
}
