import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Command, CommanderError, Option } from 'commander'
import { collect, pause, port, repository, seconds } from './arguments.ts'
import { exitCodeOf, messageOf } from './errors.ts'
import { getHelp, ghHelp, help, proxyHelp, smokeHelp } from './help.ts'
import { interruptible } from './interrupt.ts'

// The SDK is loaded by what needs it: help and a mistyped option answer at once.
const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
const cacheModes = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached']

/** The command `ghmesh`; resolves to the exit code. Nothing throws out of it. */
export async function run(argv: string[]): Promise<number> {
  let code = 0
  // A reader that has seen enough (`ghmesh get ... | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const program = new Command('ghmesh')
    .exitOverride()
    .configureOutput({ outputError() {} })
    .description("A fetch for GitHub's API whose cache is shared by everyone who holds the same secret")
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', help)

  program
    .command('smoke')
    .description('Try out whether an entry travels from one machine or process to another')
    .option('--read', 'wait until a member tells an entry; never calls GitHub')
    .option('--write', 'make an entry with one call to GitHub and tell it to members')
    .option('--local-two-node', 'a reader and a writer in this process, over loopback, without GitHub')
    .option('--target <owner/repo>', 'the repository that is written and read', repository, 'octocat/Hello-World')
    .option('--synthetic', 'the writer makes an entry up instead of calling GitHub; readers take both')
    .option(
      '--wait-seconds <number>',
      'how long a reader waits; a writer waits for a member this long, at most 15',
      seconds,
      60
    )
    .option('--poll-interval <seconds>', 'how often a reader asks members', pause, 0.5)
    .option('--listen-port <port>', 'TCP port, 0 for any (default: CACHE_LISTEN_PORT, else 9100)', port)
    .option('--cache-dir <folder>', "keep the entry and this member's identity here")
    .option(
      '--registry-repo <owner/repo>',
      'registry of members in a GitHub issue; default GITHUB_REPOSITORY',
      repository
    )
    .option('--shared-secret <secret>', 'better in CACHE_P2P_SHARED_SECRET: other users see command lines')
    .option('--disable-discovery', 'look for nobody; members can still dial this one')
    .option('--verbose', 'a line on standard error for everything that happens')
    .option('--json', 'print one JSON document')
    .addHelpText('after', smokeHelp)
    .action(async (flags) => {
      const { smoke } = await import('./smoke/smoke.ts')
      code = await interruptible((signal) => smoke(flags, signal))
    })

  program
    .command('get')
    .description("Print an answer of GitHub's API: from the cache, a member or GitHub")
    .argument('<url-or-path>', 'such as /repos/octocat/Hello-World')
    .option('--accept <type>', 'media type to ask for')
    .option('--header <name: value>', 'another request header; may be repeated', collect)
    .addOption(new Option('--cache <mode>', 'how the cache is used').choices(cacheModes).default('default'))
    .option('--listen-port <port>', 'TCP port, 0 for any', port, 0)
    .option(
      '--wait-seconds <number>',
      'how long to wait for a first member (default: 1 where one can be found)',
      seconds
    )
    .option('--quiet', 'do not say where the answer came from')
    .addHelpText('after', getHelp)
    .action(async (what, flags) => {
      const { get } = await import('./get.ts')
      code = await interruptible((signal) => get(what, flags, signal))
    })

  program
    .command('proxy')
    .description("A local cache of GitHub's API for gh, Octokit, curl and every other client")
    .option('--gh', 'make gh use it while it runs')
    .option('--socket <path>', "Unix socket to listen on (default: in the user's cache folder)")
    .option('--port <port>', 'listen on this port of 127.0.0.1 too, 0 for any', port)
    .option('--cache-dir <folder>', "keep entries and this member's identity here")
    .option('--graphql-ttl <seconds>', 'how long answers to GraphQL queries are kept; 0: not at all', seconds, 0)
    .option('--verbose', 'a line on standard error for every request')
    .addHelpText('after', proxyHelp)
    .action(async (flags) => {
      const { proxy } = await import('./proxy.ts')
      code = await interruptible((signal) => proxy(flags, signal))
    })

  program
    .command('gh')
    .description('Run one command of gh through the mesh')
    .argument('[arguments...]', "gh's own, after --")
    .addHelpText('after', ghHelp)
    .action(async (args) => {
      const { gh } = await import('./gh.ts')
      code = await gh(args)
    })

  program
    .command('secret')
    .description('Print a new secret for a group')
    .addHelpText('after', '\nExample:\n  $ export CACHE_P2P_SHARED_SECRET="$(ghmesh secret)"')
    .action(async () => {
      const { secret } = await import('./secret.ts')
      secret()
    })

  for (const command of program.commands) command.helpOption('-h, --help', 'print this help')
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, program, argv[2])
    process.stderr.write(`ghmesh: ${messageOf(error)}\n`)
    return exitCodeOf(error)
  }
}

function usage({ code, exitCode, message }: CommanderError, { commands }: Command, first = ''): number {
  if (exitCode === 0) return 0
  if (code === 'commander.help') return 2 // no command was given, and the help was printed
  const command = commands.some((known) => known.name() === first) ? ` ${first}` : ''
  const said = message
    .replace(/^error: /, '')
    .replace(/\.?\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  process.stderr.write(`ghmesh: ${said}; see ghmesh${command} --help\n`)
  return 2
}
