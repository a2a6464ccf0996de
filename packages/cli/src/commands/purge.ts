import { seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addPlace } from './place.ts'

const help = `
Nothing is removed: stale entries are revalidated with GitHub before they are served again, which is free if they have not
changed. A URL matches with any query; a path is relative to GITHUB_API_URL. The running proxy does this. If no proxy
runs, a member starts for a moment, makes the entries of the directory stale and tells the others. Exit code: 0 it is
stale here, 1 it failed, 2 wrong usage.

Examples:
  $ ghmesh purge octocat/Hello-World
  $ ghmesh purge /repos/octocat/Hello-World/issues`

export const addPurge: AddCommand = (program, end) => {
  addPlace(program.command('purge').description('Mark a URL or a repository as stale, here and at every member'))
    .argument('<url-or-repository>', 'a URL, a path or owner/repo')
    .option(
      '--wait-seconds <number>',
      'without a proxy: how long to wait for a first member (default: 3 if one can be found)',
      seconds
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (what, flags) => {
      const { purge } = await import('../inspect/purge.ts')
      end(await interruptible((signal) => purge(what, flags, signal)))
    })
}
