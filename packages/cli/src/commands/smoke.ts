import { pause, port, repository, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const help = `
Use exactly one of --read, --write and --local-two-node. The secret comes from CACHE_P2P_SHARED_SECRET.
On one local network members find each other by multicast DNS. Elsewhere they need an issue (GITHUB_REPOSITORY), a relay
(GHMESH_RELAYS), a folder (IPFS_ACCELERATE_P2P_CACHE_DIR) or known addresses (CACHE_BOOTSTRAP_PEERS). With an issue each
of them makes about six calls to GitHub for it.
A run starts with an empty cache, so whatever a reader shows came from a member. Exit code: 0 success, 1 not in time
or nothing to share, 2 wrong usage.

Example, in two terminals with the same CACHE_P2P_SHARED_SECRET and IPFS_ACCELERATE_P2P_CACHE_DIR:
  $ RUNNER_NAME=reader CACHE_LISTEN_PORT=9101 ghmesh smoke --read --wait-seconds 90
  $ RUNNER_NAME=writer CACHE_LISTEN_PORT=9100 ghmesh smoke --write --synthetic`

export const addSmoke: AddCommand = (program, end) => {
  program
    .command('smoke')
    .description('Test whether an entry travels from one machine or process to another')
    .option('--read', 'wait until a member announces an entry; never asks GitHub for it')
    .option('--write', 'create an entry with one call to GitHub and announce it to members')
    .option('--local-two-node', 'a reader and a writer in this process, over loopback, without GitHub')
    .option('--target <owner/repo>', 'the repository to write and read', repository, 'octocat/Hello-World')
    .option('--synthetic', 'the writer invents an entry instead of calling GitHub; readers accept both')
    .option(
      '--wait-seconds <number>',
      'how long a reader waits; a writer waits this long for a member, at most 15',
      seconds,
      60
    )
    .option('--poll-interval <seconds>', 'how often a reader asks members', pause, 0.5)
    .option('--listen-port <port>', 'TCP port, 0 for any free one (default: CACHE_LISTEN_PORT, else 9100)', port)
    .option('--cache-dir <folder>', "keep the entry and this member's identity here")
    .option(
      '--registry-repo <owner/repo>',
      'repository whose issue is the registry of members (default: GITHUB_REPOSITORY)',
      repository
    )
    .option('--shared-secret <secret>', 'better set CACHE_P2P_SHARED_SECRET: other users can see command lines')
    .option('--disable-discovery', 'do not look for members; they can still dial this one')
    .option('--verbose', 'print a line to standard error for every event')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { smoke } = await import('../smoke/smoke.ts')
      end(await interruptible((signal) => smoke(flags, signal)))
    })
}
