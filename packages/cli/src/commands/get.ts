import { Option } from 'commander'
import { collect, port, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const cacheModes = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached']
const help = `
A path is relative to GITHUB_API_URL (default https://api.github.com). The token is GH_TOKEN, GITHUB_TOKEN or the output
of "gh auth token". Cache modes are those of the Fetch standard. Unless the local cache has a fresh response, the command
waits up to a second for a first member, if there is a secret and any way to find one. The body goes to standard output,
and where it came from to standard error. Exit code: 0 for 2xx, 1 otherwise, 2 wrong usage.

Example:
  $ ghmesh get '/repos/octocat/Hello-World/issues?per_page=100' > issues.json`

export const addGet: AddCommand = (program, end) => {
  program
    .command('get')
    .description("Print a response of GitHub's API, from the cache, a member or GitHub")
    .argument('<url-or-path>', 'such as /repos/octocat/Hello-World')
    .option('--accept <type>', 'media type to request')
    .option('--header <name: value>', 'additional request header; repeatable', collect)
    .addOption(new Option('--cache <mode>', 'how to use the cache').choices(cacheModes).default('default'))
    .option('--listen-port <port>', 'TCP port, 0 for any free one', port, 0)
    .option('--wait-seconds <number>', 'how long to wait for a first member (default: 1 if one can be found)', seconds)
    .option('--quiet', 'do not print where the response came from')
    .addHelpText('after', help)
    .action(async (what, flags) => {
      const { get } = await import('../get.ts')
      end(await interruptible((signal) => get(what, flags, signal)))
    })
}
