import { CliError, messageOf } from '../errors.ts'
import { createOutput } from '../output.ts'
import type { SmokeFlags } from './flags.ts'
import { localTwoNode } from './local-two-node.ts'
import { read } from './reader.ts'
import { write } from './writer.ts'

/** `ghmesh smoke`: does an entry travel from one member to another? */
export async function smoke(flags: SmokeFlags, signal: AbortSignal): Promise<number> {
  const jobs = [flags.read && read, flags.write && write, flags.localTwoNode && localTwoNode].filter(
    (job) => job !== undefined && job !== false
  )
  const [job] = jobs
  if (!job || jobs.length > 1) {
    throw new CliError('choose exactly one of --read, --write and --local-two-node; see ghmesh smoke --help', 2)
  }
  const output = createOutput(flags)
  try {
    const report = await job(flags, output, signal)
    if (flags.json) output.document(report)
    return report.ok ? 0 : 1
  } catch (error) {
    if (flags.json && !signal.aborted) output.document({ ok: false, target: flags.target, error: messageOf(error) })
    throw error
  }
}
