import process from 'node:process'
import type { MeshOptions } from 'ghmesh'
import yoctoSpinner from 'yocto-spinner'
import { documentText, shown } from './terminal.ts'

/** Where a command says what happens. Results go to standard output, all else to standard error. */
export interface Output {
  /** A line of the result; with `--json` nothing, for the document says it. */
  line(text: string): void
  /** Something to know that is no result. */
  note(text: string): void
  /** What is being waited for, on a terminal only. Ends with the returned function. */
  waiting(text: string): () => void
  /** The result is one document. */
  readonly json: boolean
  /** The only document of `--json`. */
  document(value: object): void
  /** For the mesh's own warnings. */
  logger: NonNullable<MeshOptions['logger']>
}

export interface OutputOptions {
  json?: boolean | undefined
  /** Before each line, where two members share a terminal. */
  prefix?: string | undefined
}

export function createOutput({ json = false, prefix = '' }: OutputOptions = {}): Output {
  let spinner: ReturnType<typeof yoctoSpinner> | undefined
  const write = (stream: NodeJS.WriteStream, text: string) => {
    spinner?.clear()
    stream.write(`${prefix}${shown(text)}\n`)
  }
  const note = (text: string) => write(process.stderr, text)
  return {
    line: (text) => void (json || write(process.stdout, text)),
    note,
    json,
    waiting(text) {
      if (!process.stderr.isTTY) return () => {}
      const own = yoctoSpinner({ text: shown(text), stream: process.stderr, handleSignals: false }).start()
      spinner = own
      return () => {
        own.stop()
        if (spinner === own) spinner = undefined
      }
    },
    document: (value) => void process.stdout.write(`${documentText(value, 2)}\n`),
    logger: { debug() {}, info() {}, warn: note, error: note }
  }
}
