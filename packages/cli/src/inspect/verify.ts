import { setImmediate as breathe } from 'node:timers/promises'
import { isDamagedFile, renewCacheFile } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'
import { createOutput, type Output } from '../output.ts'
import { shown } from '../terminal.ts'
import { withFolder } from './folder.ts'
import { counted } from './show.ts'
import { type Place, sourceOf } from './source.ts'

export interface VerifyFlags extends Place {
  repair?: boolean
  json?: boolean
}

interface Report {
  directory: string
  records: number
  damaged: { name?: string; damage: string }[]
  /** Damaged records that were removed. */
  removed: number
  /** The file itself was damaged, and was set aside. */
  renewed?: true
}

/** `ghmesh cache verify`: reads every record completely. Exit code 1 if damage remains. */
export async function verify(flags: VerifyFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  const { directory } = await sourceOf(flags)
  const done = output.waiting(`Reading ${directory}`)
  const report = await read(directory, flags, signal)
    .catch((error) => renew(directory, flags, error, output))
    .finally(done)
  if (flags.json) output.document(report)
  for (const { name, damage } of report.damaged) output.line(`damaged: ${shown(name ?? 'a record')}: ${damage}`)
  const { records, damaged, removed } = report
  output.line(`${counted(records, 'record')} read, ${damaged.length} damaged, ${removed} removed`)
  if (damaged.length === 0 || flags.repair) return 0
  output.note('ghmesh: damaged records count as absent; "ghmesh cache verify --repair" removes them')
  return 1
}

function read(directory: string, { repair }: VerifyFlags, signal: AbortSignal): Promise<Report> {
  return withFolder(directory, async (folder) => {
    const report: Report = { directory, records: 0, damaged: [], removed: 0 }
    for (const { name, damage } of folder.verify()) {
      report.records++
      if (damage !== undefined) report.damaged.push({ ...(name !== undefined && { name: shown(name) }), damage })
      // Gives Ctrl-C a chance to be noticed.
      if (report.records % 256 === 0) await breathe()
      signal.throwIfAborted()
    }
    if (repair) report.removed = folder.repair()
    return report
  })
}

function renew(directory: string, { repair }: VerifyFlags, error: unknown, output: Output): Report {
  if (!isDamagedFile(error)) throw error
  if (!repair) {
    throw new CliError(
      `the cache in ${directory} is damaged as a whole; "ghmesh cache verify --repair" sets it aside and starts a new one`
    )
  }
  renewCacheFile(directory, error, ({ message }) => output.note(`ghmesh: ${message}`))
  return { directory, records: 0, damaged: [], removed: 0, renewed: true }
}
