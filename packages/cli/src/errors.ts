import type { MeshError } from 'ghmesh'

/** Ends the command with one line on standard error and this exit code: 2 for wrong usage, otherwise 1. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Ends the command after a signal, with the exit code that shells expect. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signal}`)
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError || error instanceof Interrupted) return error.exitCode
  // Checked by name, because the SDK is loaded only where it is used.
  const { name, code } = error as Partial<MeshError>
  return name === 'MeshError' && code === 'ERR_INVALID_OPTION' ? 2 : 1
}

// The SDK's advice names its options; commands have flags and variables.
const advice: [RegExp, string][] = [
  [/choose another cacheDir/, 'choose another with --cache-dir, or with CACHE_DIR for a command without it'],
  [/with CACHE_LISTEN_PORT or listenPort/, 'with CACHE_LISTEN_PORT, or with --listen-port for a command that has it'],
  [/choose another listenPort, or 0 for any/, 'choose another with CACHE_LISTEN_PORT, or 0 for any'],
  [/(purge takes owner\/repo) or a URL below/, '$1, a path such as /repos/octocat/Hello-World, or a URL below']
]

/** A message of the SDK, with advice that users of a command can follow. */
export const inCommands = (message: string): string =>
  advice.reduce((text, [words, ours]) => text.replace(words, ours), message)

/** What went wrong, in one line, including the cause that `fetch` hides. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  const why =
    error.message === 'fetch failed' && cause instanceof Error
      ? `: ${cause.message || (cause as NodeJS.ErrnoException).code}`
      : ''
  return inCommands(error.message + why).replace(/\s*\n\s*/g, ' ')
}
