import type { Mesh } from 'ghmesh'
import { briefMember } from '../brief-member.ts'
import { apiUrl, findsMembers, networkingOff, noWayToMembers } from '../environment.ts'
import { createOutput, type Output } from '../output.ts'
import type { Purged } from '../proxy/own-pages.ts'
import { purgeTarget } from '../proxy/target.ts'
import { until } from '../until.ts'
import { hasCache, withFolder } from './folder.ts'
import { counted } from './show.ts'
import { type Place, sourceToChange } from './source.ts'

export interface PurgeFlags extends Place {
  waitSeconds?: number
  json?: boolean
}

const defaultWaitSeconds = 3
/** How often to look for names, which arrive without an event of their own. */
const pollMs = 50

/** `ghmesh purge`: makes a URL or a repository stale here and at every member, through the proxy or a member that joins briefly. */
export async function purge(what: string, flags: PurgeFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  const { proxy, directory } = await sourceToChange(flags)
  if (proxy) {
    const purged = await proxy.ask<Purged>('/ghmesh/purge', { target: what })
    tell(flags, output, what, purged, proxy.figures.stats.peerId === undefined ? alone() : noneWithProxy)
    return 0
  }
  // A named directory that does not exist is a mistake, and one that cannot be read would stay unchanged.
  if (flags.cacheDir !== undefined || hasCache(directory)) await withFolder(directory, () => {})
  await using mesh = await briefMember({ cacheDir: directory, logger: output.logger })
  const isMember = mesh.peerId !== undefined
  const waitSeconds = flags.waitSeconds ?? (findsMembers() ? defaultWaitSeconds : 0)
  if (isMember && waitSeconds > 0) await meetOne(mesh, waitSeconds, output, signal)
  const count = await mesh.purge(purgeTarget(what, new URL(apiUrl())), { signal })
  tell(flags, output, what, { purged: count, members: listening(mesh) }, isMember ? noneMet() : alone())
  return 0
}

/** Members that have said who they are. One that has just connected takes gossip a moment later, which the mesh waits for. */
const listening = (mesh: Mesh): number => mesh.peers().filter(({ name }) => name !== undefined).length

async function meetOne(mesh: Mesh, waitSeconds: number, output: Output, signal: AbortSignal): Promise<void> {
  const done = output.waiting('Waiting for a member')
  const look = () => listening(mesh) || undefined
  try {
    await until(mesh, look, { waitMs: waitSeconds * 1000, pollMs, signal, received: () => false })
  } finally {
    done()
  }
}

const alone = () =>
  networkingOff() ?? 'there is no secret, so only this machine knows; set CACHE_P2P_SHARED_SECRET to tell members'
const noneMet = () =>
  findsMembers()
    ? 'no member was connected, so only this machine knows; wait longer with --wait-seconds, or keep a proxy running'
    : noWayToMembers
const noneWithProxy =
  'no member is connected to the proxy, so only this machine knows; "ghmesh doctor" can find out why'

function tell(flags: PurgeFlags, output: Output, target: string, purged: Purged, whyNobody: string): void {
  const { purged: count, members } = purged
  if (flags.json) output.document({ target, ...purged })
  output.line(
    `${counted(count, 'entry is', 'entries are')} stale here; ${counted(members, 'member was', 'members were')} told`
  )
  if (members === 0) output.note(`ghmesh: ${whyNobody}`)
}
