import process from 'node:process'
import type { MeshOptions } from 'ghmesh'
import yoctoSpinner from 'yocto-spinner'
import { inCommands } from './errors.ts'
import { documentText, shown } from './terminal.ts'

/** What a command prints. Results go to standard output, everything else to standard error. */
export interface Output {
  /** A line of the result; nothing with `--json`, because the document says it. */
  line(text: string): void
  /** Information that is not part of the result. */
  note(text: string): void
  /** Shows, on a terminal only, what the command is waiting for, until the returned function is called. */
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
  /** Printed before each line, if two members share a terminal. */
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
    logger: { debug() {}, info() {}, warn: (text) => note(inCommands(text)), error: (text) => note(inCommands(text)) }
  }
}
