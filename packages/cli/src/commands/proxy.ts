import { port, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const help = `
Serves until it is stopped (Ctrl-C), then exits with 0. Every client brings its own token: none is lent, and what one
token may see is not given to another. Figures: /ghmesh/stats (JSON) and /ghmesh/metrics (Prometheus). Without a secret
it is a cache for this machine. Exit code: 1 when the socket or port is in use, 2 for wrong usage, 127 for --gh without gh.

Examples:
  $ ghmesh proxy --gh                                 every gh command, until Ctrl-C
  $ ghmesh proxy --socket ./s & curl --unix-socket ./s http://localhost/repos/octocat/Hello-World
  $ ghmesh proxy --port 4000 & GITHUB_API_URL=http://127.0.0.1:4000 node script.js`

export const addProxy: AddCommand = (program, end) => {
  program
    .command('proxy')
    .description("A local cache of GitHub's API for gh, Octokit, curl and every other client")
    .option('--gh', 'make gh use it while it runs')
    .option('--socket <path>', "Unix socket to listen on (default: in the user's cache folder)")
    .option('--port <port>', 'listen on this port of 127.0.0.1 too, 0 for any', port)
    .option('--cache-dir <folder>', "keep entries and this member's identity here")
    .option('--graphql-ttl <seconds>', 'how long answers to GraphQL queries are kept; 0: not at all', seconds, 0)
    .option('--rewrite-urls', 'URLs of the API in JSON bodies lead to the proxy, as PyGithub wants it')
    .option('--verbose', 'a line on standard error for every request')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { proxy } = await import('../proxy.ts')
      end(await interruptible((signal) => proxy(flags, signal)))
    })
}
