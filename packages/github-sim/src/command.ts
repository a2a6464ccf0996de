import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import type { Call } from './calls.ts'
import type { GitHubOptions } from './options.ts'
import { startGitHub } from './server.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

interface Flags {
  port: number
  host: string
  seed: number
  latencyMs: number
  basePath: string
  json?: true
  verbose?: true
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

const example = `
Example:
  $ github-sim --port 4000
  $ curl -H 'Authorization: token sim-token-alice' http://127.0.0.1:4000/repos/octocat/Hello-World

The tokens sim-token-alice (admin) and sim-token-bob (public repositories only) are invented and work only here.`

function line(call: Call): string {
  const { at, caller, method, url, status, units } = call
  return `${new Date(at).toISOString()} ${caller} ${method} ${url} ${status || 'cut'} ${units} unit${units === 1 ? '' : 's'}`
}

/** The command `github-sim`. Runs until SIGINT or SIGTERM. */
export async function main(argv: string[]): Promise<void> {
  const program = new Command('github-sim')
    .description('A simulator of the GitHub REST API on this machine')
    .version(version, '--version', 'print the version')
    .option('--port <number>', 'TCP port, 0 for a free one', wholeNumber, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'same seed, same data', wholeNumber, 1)
    .option('--latency-ms <number>', 'wait this long before each response', wholeNumber, 0)
    .option('--base-path <path>', 'path before every route, such as /api/v3', '')
    .option('--json', 'print one line of JSON')
    .option('--verbose', 'print one line for each call on stderr')
    .addHelpText('after', example)
    .parse(argv)
  const flags = program.opts<Flags>()
  const { port, host, seed, latencyMs, basePath } = flags
  const options: GitHubOptions = { port, host, seed, latencyMs, basePath }
  try {
    const github = await startGitHub(options, flags.verbose && ((call) => console.error(line(call))))
    const tokens = ['sim-token-alice', 'sim-token-bob']
    if (flags.json) console.log(JSON.stringify({ url: github.url, filesUrl: github.filesUrl, tokens }))
    else console.log(`${github.url}\ntokens: ${tokens.join(', ')}\nCtrl+C stops it`)
    const stop = () => void github.stop()
    process.once('SIGINT', stop).once('SIGTERM', stop)
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const said = isTaken ? `port ${port} is in use; choose another with --port` : (error as Error).message
    console.error(`github-sim: ${said}`)
    process.exitCode = 1
  }
}
