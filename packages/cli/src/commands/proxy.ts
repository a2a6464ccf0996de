import { port, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import { keepMemoryLow } from '../proxy/memory.ts'
import type { AddCommand } from './command.ts'

const help = `
Runs until it is stopped (Ctrl-C), then exits with 0. Every client uses its own token: the proxy lends none, and what one
token can see is not given to another. Metrics: /ghmesh/stats (JSON) and /ghmesh/metrics (Prometheus). Without a secret
it is a cache for this machine. Exit code: 1 if the socket or port is in use, 2 wrong usage, 127 for --gh without gh.

Examples:
  $ ghmesh proxy --gh                                 use gh as usual, until Ctrl-C
  $ ghmesh proxy --gh --agents                        the same for many processes: docs/agents.md
  $ ghmesh proxy --socket ./s & curl --unix-socket ./s http://localhost/repos/octocat/Hello-World
  $ ghmesh proxy --port 4000 & GITHUB_API_URL=http://127.0.0.1:4000 node script.js`

export const addProxy: AddCommand = (program, end) => {
  program
    .command('proxy')
    .description("Run a local cache of GitHub's API for gh, Octokit, curl and any other client")
    .option('--gh', 'make gh use it while it runs')
    .option('--agents', 'for a machine on which agents run: keep GraphQL 20 s, say when a rate limit is nearly used up')
    .option('--socket <path>', "Unix socket to listen on (default: in the user's cache folder)")
    .option('--port <port>', 'also listen on this port of 127.0.0.1, 0 for any free one; required on Windows', port)
    .option('--cache-dir <folder>', "keep entries and this member's identity here")
    .option(
      '--graphql-ttl <seconds>',
      'how long to keep responses to GraphQL queries; 0: not at all (default: GHMESH_GRAPHQL_TTL, or 0)',
      seconds
    )
    .option('--rewrite-urls', 'make API URLs in JSON bodies point to the proxy, which PyGithub needs')
    .option('--verbose', 'print a line to standard error for every request')
    .addHelpText('after', help)
    .action(async (flags) => {
      // Before the rest is loaded, which lets the heap grow.
      keepMemoryLow()
      const { proxy } = await import('../proxy.ts')
      end(await interruptible((signal) => proxy(flags, signal)))
    })
}
