import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { shown } from '../terminal.ts'

export interface Refresh {
  /** What is shown: on a terminal several lines, which replace the previous ones; otherwise one line, as in a log. */
  lines(): Promise<{ many?: string[]; one: string }>
  seconds: number
  signal: AbortSignal
}

/** Shows something again and again, until the signal aborts. */
export async function refreshing({ lines, seconds, signal }: Refresh): Promise<void> {
  const out = process.stdout
  let shownRows = 0
  for (;;) {
    const { many, one } = await lines()
    if (signal.aborted) return
    if (out.isTTY && many) {
      // A line that wraps or scrolls away could not be replaced. Some terminals do not know their size.
      const [columns, height] = [out.columns || 80, out.rows || 24]
      const rows = many.slice(0, height - 1).map((line) => shown(line).slice(0, columns - 1))
      const back = shownRows > 0 ? `\x1b[${shownRows}A\x1b[J` : ''
      out.write(`${back}${rows.join('\n')}\n`)
      shownRows = rows.length
    } else out.write(`${shown(one)}\n`)
    await sleep(seconds * 1000, undefined, { signal }).catch(() => {})
    if (signal.aborted || out.destroyed || out.writableEnded) return
  }
}
