import { Option } from 'commander'
import { collect, port, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const cacheModes = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached']
const help = `
A path is taken below GITHUB_API_URL (default https://api.github.com). The token is GH_TOKEN, GITHUB_TOKEN or what
"gh auth token" says. Cache modes are those of the Fetch standard. Unless the own cache has a fresh answer, it waits
up to a second for a first member, where there is a secret and a folder or address to find one by. The body goes to
standard output, where it came from to standard error. Exit code: 0 for 2xx, 1 otherwise, 2 wrong usage.

Example:
  $ ghmesh get '/repos/octocat/Hello-World/issues?per_page=100' > issues.json`

export const addGet: AddCommand = (program, end) => {
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
    .addHelpText('after', help)
    .action(async (what, flags) => {
      const { get } = await import('../get.ts')
      end(await interruptible((signal) => get(what, flags, signal)))
    })
}
