import type { Peer } from 'ghmesh'
import { findsMembers } from '../environment.ts'
import { shown } from '../terminal.ts'
import { type Finding, ok, warning } from './check.ts'
import type { Company } from './company.ts'

/** Who is connected. */
export function checkMembers({ peers, proxy }: Company, waitSeconds: number): Finding {
  const how = proxy === undefined ? `within ${waitSeconds} s` : `with ghmesh proxy (process ${proxy})`
  if (peers.length > 0) return ok(`${peers.length} connected ${how}: ${peers.map(describe).join(', ')}`)
  return warning(
    `none connected ${how}`,
    findsMembers()
      ? 'is another one running now, with the same CACHE_P2P_SHARED_SECRET? "ghmesh probe" shows whether the machines can reach each other; if neither can reach the other, use a relay (GHMESH_RELAYS)'
      : 'there is no way to find members: set GITHUB_REPOSITORY, IPFS_ACCELERATE_P2P_CACHE_DIR, CACHE_BOOTSTRAP_PEERS or GHMESH_RELAYS, or let GHMESH_MDNS search the local network'
  )
}

function describe({ id, name, path, transport, rttMs }: Peer): string {
  const said = [path, transport, ...(rttMs === undefined ? [] : [`${rttMs.toFixed(1)} ms`])]
  return `${shown(name ?? `…${id.slice(-8)}`)} (${said.join(', ')})`
}
