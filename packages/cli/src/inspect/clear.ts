import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { isInUse } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'
import { createOutput } from '../output.ts'
import type { Cleared } from '../proxy/own-pages.ts'
import { shown } from '../terminal.ts'
import { withFolder } from './folder.ts'
import { counted } from './show.ts'
import { type Place, type Source, sourceToChange } from './source.ts'

export interface ClearFlags extends Place {
  yes?: boolean
  json?: boolean
}

/** `ghmesh cache clear`: removes all entries, through the proxy if it also has them in memory. Identities stay. */
export async function clear(flags: ClearFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  if (!flags.yes && !process.stdin.isTTY) {
    throw new CliError('cannot ask for confirmation without a terminal; --yes removes all entries without asking', 2)
  }
  const source = await sourceToChange(flags)
  const { proxy, directory } = source
  // Before asking for confirmation: there may be nothing to remove.
  if (!proxy) await withFolder(directory, () => {})
  if (!flags.yes && !(await agreed(source, signal))) {
    output.note('ghmesh: nothing was removed')
    return 1
  }
  const removed = proxy
    ? (await proxy.ask<Cleared>('/ghmesh/clear', {})).removed
    : await withFolder(directory, (folder) => folder.clear())
  if (flags.json) output.document({ directory, removed, ...(proxy && { proxy: proxy.figures.pid }) })
  output.line(`${counted(removed, 'record')} removed from ${directory}${proxy ? ' and the memory of the proxy' : ''}`)
  if (!proxy && isInUse(directory)) {
    output.note(
      `ghmesh: another process uses ${directory}, and keeps serving what it has in memory until that is stale; to clear a proxy on another socket, use --socket`
    )
  }
  return 0
}

async function agreed({ proxy, directory }: Source, signal: AbortSignal): Promise<boolean> {
  const where = proxy ? `${directory}, and from the proxy that uses it (process ${proxy.figures.pid})` : directory
  // Not in terminal mode, in which Ctrl-C would be just a key.
  const asking = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')))
  try {
    const question = asking.question(`${shown(`Remove all entries from ${where}?`)} [y/N] `, { signal })
    return /^y(?:es)?$/i.test((await Promise.race([question, ended])).trim())
  } finally {
    asking.close()
  }
}
