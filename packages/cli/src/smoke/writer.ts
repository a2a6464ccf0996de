import type { Mesh, MeshOptions } from 'ghmesh'
import { apiUrl, memberName, registryRepository } from '../environment.ts'
import type { Output } from '../output.ts'
import { firstMember, until } from '../until.ts'
import { callGitHub, makeUp } from './entry.ts'
import { type FinalStats, finalStats, tellStats, watchPeers } from './final-stats.ts'
import type { SmokeFlags } from './flags.ts'
import { join, refuseGitHub } from './member.ts'
import { type EntryReport, type Receipt, receiptName, receiptTtlMs, reportEntry } from './receipt.ts'

export interface WriterReport {
  ok: boolean
  role: 'writer'
  target: string
  entry: EntryReport
  /** No member was there to receive it. */
  alone: boolean
  final_stats: FinalStats
}

const firstMemberSeconds = 15
const handOverMs = 10_000
/** Readers ask every half second: after a lost message they fetch the entry, and the writer must still be there for that. */
const pullMs = 2000

/** Creates the target's entry, with at most one call to GitHub, and stays until the connected members have it. */
export async function write(
  flags: SmokeFlags,
  output: Output,
  signal: AbortSignal,
  more: MeshOptions = {}
): Promise<WriterReport> {
  const { target, synthetic } = flags
  await using mesh = await join(flags, output, {
    ...(synthetic && { fetch: refuseGitHub(flags.registryRepo ?? registryRepository()) }),
    ...more
  })
  const connected = watchPeers(mesh)
  const url = `${apiUrl()}/repos/${target}`
  const written = synthetic ? makeUp(url, target) : await callGitHub(mesh, url, target, signal)
  output.line(
    synthetic
      ? `Invented an entry of ${written.bytes} bytes; GitHub is not asked for it`
      : `GitHub answered ${written.status} with ${written.bytes} bytes`
  )

  const waitSeconds = Math.min(flags.waitSeconds, firstMemberSeconds)
  const done = output.waiting(`Waiting up to ${waitSeconds} s for a member`)
  await firstMember(mesh, waitSeconds * 1000, signal).finally(done)
  const receipt: Receipt = { ...written, writtenBy: more.name ?? memberName(), writtenAt: new Date().toISOString() }
  await mesh.set(receiptName(target), receipt, { ttlMs: receiptTtlMs, signal })
  if (mesh.peers().length > 0) await handOver(mesh, receipt, output, signal)

  const alone = connected() === 0
  output.line(`connected_peers: ${connected()}`)
  if (alone) {
    output.note(
      `ghmesh: no member connected within ${waitSeconds} s, so this broadcast may be a no-op; keep a reader running and write again; "ghmesh doctor" shows whether members and relays can be reached`
    )
  }
  const stats = finalStats(mesh.stats(), connected())
  tellStats(output, stats)
  return { ok: true, role: 'writer', target, entry: reportEntry(receipt), alone, final_stats: stats }
}

/** Stays until each connected member has the entry or has left, as readers do once they have what they need. */
async function handOver(mesh: Mesh, receipt: Receipt, output: Output, signal: AbortSignal): Promise<void> {
  const since = performance.now()
  const done = output.waiting('Delivering the entry')
  const handedOver = async () => {
    const members = mesh.peers()
    const isSynthetic = receipt.source === 'synthetic'
    // When the first reader has gone, the next may be about to come.
    const mayCome = !isSynthetic && performance.now() - since < pullMs
    if (members.length === 0) return mayCome ? undefined : true
    // Members do not say whether they have a named value.
    if (isSynthetic || mayCome) return undefined
    return (await mesh.holders(receipt.url)).length >= members.length || undefined
  }
  await until(mesh, handedOver, { waitMs: handOverMs, pollMs: 250, signal }).finally(done)
}
