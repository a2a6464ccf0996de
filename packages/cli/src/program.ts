import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addCache } from './commands/cache.ts'
import { addDoctor } from './commands/doctor.ts'
import { addGet } from './commands/get.ts'
import { addGh } from './commands/gh.ts'
import { addGroup } from './commands/group.ts'
import { addPeers } from './commands/peers.ts'
import { addProbe } from './commands/probe.ts'
import { addProxy } from './commands/proxy.ts'
import { addPurge } from './commands/purge.ts'
import { addSecret } from './commands/secret.ts'
import { addSmoke } from './commands/smoke.ts'
import { addStats } from './commands/stats.ts'
import { exitCodeOf, messageOf } from './errors.ts'
import { shown } from './terminal.ts'

const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
// In the order of the help: the commands that users need first come first.
const commands = [
  addSmoke,
  addGet,
  addProxy,
  addGh,
  addDoctor,
  addProbe,
  addPeers,
  addStats,
  addPurge,
  addCache,
  addSecret,
  addGroup
]
const help = `
Examples:
  $ ghmesh secret                                  once; use the same on every machine
  $ ghmesh smoke --local-two-node                  see it work on this machine
  $ ghmesh doctor                                  is everything set up correctly?
  $ ghmesh get /repos/octocat/Hello-World/issues
  $ ghmesh proxy --gh                              gh and other clients use the mesh`

/** The command `ghmesh`; resolves to the exit code. Nothing throws out of it. */
export async function run(argv: string[]): Promise<number> {
  let code = 0
  // A reader that stops early (`ghmesh get ... | head`) is not an error.
  // Nor is a terminal that closes while a proxy serves.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    })
  }
  const program = new Command('ghmesh')
    .exitOverride()
    .configureOutput({ outputError() {} })
    .description("A fetch for GitHub's API whose cache is shared by everyone with the same secret")
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', help)

  for (const add of commands) {
    add(program, (ended) => {
      code = ended
    })
  }
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
    command.helpOption('-h, --help', 'print this help')
  }
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, program, argv.slice(2))
    process.stderr.write(`${shown(`ghmesh: ${messageOf(error)}`)}\n`)
    return exitCodeOf(error)
  }
}

function usage({ code, exitCode, message }: CommanderError, program: Command, words: readonly string[]): number {
  if (exitCode === 0) return 0
  if (code === 'commander.help') return 2 // no command was given, and the help was printed
  let [path, command] = ['ghmesh', program]
  for (const word of words) {
    const found = command.commands.find((known) => known.name() === word)
    if (!found) break
    ;[path, command] = [`${path} ${word}`, found]
  }
  const said = message
    .replace(/^error: /, '')
    .replace(/\.?\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  process.stderr.write(`${shown(`ghmesh: ${said}; see ${path} --help`)}\n`)
  return 2
}
