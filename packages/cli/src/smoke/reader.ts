import type { Json, Mesh, MeshOptions } from 'ghmesh'
import { apiUrl, registryRepository } from '../environment.ts'
import type { Output } from '../output.ts'
import { nameOf } from '../provenance.ts'
import { until } from '../until.ts'
import { type FinalStats, finalStats, tellStats, watchPeers } from './final-stats.ts'
import type { SmokeFlags } from './flags.ts'
import { join, refuseGitHub } from './member.ts'
import { type EntryReport, type Receipt, readReceipt, receiptName, reportEntry, sha256 } from './receipt.ts'

export interface ReaderReport {
  ok: boolean
  role: 'reader'
  target: string
  /** What arrived, without the body; absent if nothing did. */
  entry?: EntryReport & { from: string; from_peer_id?: string | undefined }
  final_stats: FinalStats
  error?: string
}

/** Waits for a member to send the target's entry. Its cache starts empty, so the entry cannot come from anywhere else. */
export async function read(
  flags: SmokeFlags,
  output: Output,
  signal: AbortSignal,
  more: MeshOptions = {}
): Promise<ReaderReport> {
  const { target } = flags
  const registry = flags.registryRepo ?? registryRepository()
  await using mesh = await join(flags, output, {
    // The token only identifies the viewer; it is sent to nobody but the registry.
    fetch: refuseGitHub(registry),
    // Audits ask GitHub.
    limits: { auditOneIn: Number.MAX_SAFE_INTEGER },
    ...more
  })
  const connected = watchPeers(mesh)
  const name = receiptName(target)
  const url = `${apiUrl()}/repos/${target}`
  const senders = rememberSenders(mesh)
  let author: string | undefined
  mesh.addEventListener('peer-hit', ({ detail }) => {
    if (detail.url === name) author = detail.peerId
  })
  let receipt: Receipt | undefined

  const look = async () => {
    if (mesh.peers().length === 0 && !senders.has(name)) return undefined
    receipt = readReceipt(await mesh.get<Json>(name, { signal })) ?? receipt
    if (!receipt) return undefined
    return receipt.source === 'synthetic' || (await holds(mesh, url, receipt, signal)) ? receipt : undefined
  }
  const wanted = (told: string) => told === name || told.toLowerCase() === url.toLowerCase()
  output.line(`Waiting up to ${flags.waitSeconds} s for a member to announce ${target}; GitHub is not asked for it`)
  const done = output.waiting('Waiting for a writer')
  const options = { waitMs: flags.waitSeconds * 1000, pollMs: flags.pollInterval * 1000, signal, received: wanted }
  const got = await until(mesh, look, options).finally(done)

  const stats = finalStats(mesh.stats(), connected())
  const report = { role: 'reader' as const, target, final_stats: stats }
  if (!got) {
    const error = whyNot(connected(), receipt, flags.waitSeconds)
    output.note(`ghmesh: ${error}`)
    tellStats(output, stats)
    return { ok: false, ...report, error }
  }
  const peerId = senders.get(url.toLowerCase()) ?? senders.get(name)
  const from = peerId === undefined || peerId === author ? got.writtenBy : nameOf(mesh, peerId)
  const entry = { ...reportEntry(got), from, from_peer_id: peerId }
  output.line('Received cache entry!')
  for (const [key, value] of Object.entries(entry)) output.line(`  ${key}: ${value}`)
  tellStats(output, stats)
  return { ok: true, ...report, entry }
}

/** Which member each thing came from; entries are identified by their URL in lower case. */
function rememberSenders(mesh: Mesh): Map<string, string> {
  const senders = new Map<string, string>()
  mesh.addEventListener('received', ({ detail: { url, peerId } }) => {
    senders.set(url, peerId).set(url.toLowerCase(), peerId)
  })
  return senders
}

/** Fetches the entry from members if it was not announced, and compares it with the receipt. */
async function holds(mesh: Mesh, url: string, receipt: Receipt, signal: AbortSignal): Promise<boolean> {
  // Usually a 504: a repository's object differs from viewer to viewer, and this one has no token to confirm it with.
  await mesh.fetch(url, { cache: 'only-if-cached', signal })
  const held = await mesh.peek(url)
  return held !== undefined && sha256(new Uint8Array(await held.arrayBuffer())) === receipt.sha256
}

function whyNot(connectedPeers: number, receipt: Receipt | undefined, waitSeconds: number): string {
  if (receipt) {
    return `a writer announced ${receipt.url}, but its body did not arrive within ${waitSeconds} s; check that GITHUB_API_URL is the same everywhere, and that GH_TOKEN is set here if it is not api.github.com`
  }
  const begin = `nothing arrived within ${waitSeconds} s`
  if (connectedPeers > 0)
    return `${begin} although connected_peers is ${connectedPeers}; is the writer running, with the same --target?`
  return `${begin} and connected_peers is 0; is the writer running, is CACHE_P2P_SHARED_SECRET the same, do both use the same GITHUB_REPOSITORY, local network, IPFS_ACCELERATE_P2P_CACHE_DIR, CACHE_BOOTSTRAP_PEERS or GHMESH_RELAYS, and does the firewall allow the listen ports? If neither machine can be reached, both need a relay (GHMESH_RELAYS); "ghmesh doctor" checks all of this`
}
