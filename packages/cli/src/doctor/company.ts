import { createMesh, libp2pTransport, memoryStore, type Peer, type Relay } from 'ghmesh'
import { networkOptions, relayAddresses, relayOptions, usesMdns } from '../environment.ts'
import type { Reached } from '../probe/reach.ts'
import { listenerOn } from '../proxy/listener.ts'
import type { ProxyFigures } from '../proxy/own-pages.ts'
import { firstMember, until } from '../until.ts'
import type { GitHub } from './github.ts'
import { reachRelays } from './reach-relays.ts'

/** Members and relays, as seen by a running proxy, or by a member that joins briefly. */
export interface Company {
  peers: readonly Peer[]
  relays: readonly Relay[]
  /** Each relay by its peer id, probed from here. */
  reached: ReadonlyMap<string, Reached>
  /** The process of the proxy. */
  proxy?: number | undefined
}

export interface CompanyOptions {
  github: GitHub
  /** Sockets on which a proxy may be listening. */
  sockets: readonly string[]
  waitMs: number
  signal: AbortSignal
}

/** How often a member's known address is dialled again. The SDK's own pace suits long-running processes. */
const dialMs = 300
/** How long to wait, once the first member is connected, for the others and for their names. */
const restMs = 1000
const probeMs = 1000
const pollMs = 50
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Finds out who is there. */
export async function meet({ github, sockets, waitMs, signal }: CompanyOptions): Promise<Company> {
  for (const socket of sockets) {
    const listener = await listenerOn(socket).catch(() => undefined) // the check of gh says what is wrong with it
    if (listener?.kind !== 'proxy') continue
    const { pid, peers, relays = [] } = listener.said as unknown as ProxyFigures
    const addresses = [...relays.map(({ address }) => address), ...relayAddresses()]
    return { peers, relays, reached: await reachRelays(addresses, waitMs, signal), proxy: pid }
  }
  return await join({ github, waitMs, signal })
}

async function join({ github, waitMs, signal }: Omit<CompanyOptions, 'sockets'>): Promise<Company> {
  const transport = libp2pTransport({ ...networkOptions(), ...relayOptions(), listenPort: 0 })
  await using mesh = await createMesh({
    transport,
    mdns: usesMdns(),
    store: memoryStore(),
    fetch: github.fetch,
    limits: { dialMs },
    logger: quiet
  })

  async function places(): Promise<Company['reached']> {
    const reached = await reachRelays(relayAddresses(), waitMs, signal)
    const answers = (id: string) => 'report' in (reached.get(id) ?? {})
    // The first refusal may come from a relay that is overloaded for a moment.
    const settled = () => mesh.relays().every(({ id, state }) => state === 'reserved' || !answers(id)) || undefined
    await until(mesh, settled, { waitMs, pollMs, signal, received: () => false })
    return reached
  }

  const [reached, count] = await Promise.all([places(), firstMember(mesh, waitMs, signal)])
  if (count > 0) {
    const named = () => mesh.peers().every(({ name }) => name !== undefined) || undefined
    await until(mesh, named, { waitMs: restMs, pollMs, signal, received: () => false })
  }
  const peers = await Promise.all(
    mesh.peers().map(async (peer) => {
      const probed = await transport
        .probe(`/p2p/${peer.id}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(probeMs)]) })
        .catch(() => undefined) // an older ghmesh does not answer probes
      return probed ? { ...peer, rttMs: Math.min(...probed.rttMs) } : peer
    })
  )
  return { peers, relays: mesh.relays(), reached }
}
