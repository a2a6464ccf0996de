import { Option } from 'commander'
import { pause } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addPlace } from './place.ts'

const help = `
Figures of the proxy that runs, since it started. Without one, what the directory of the cache tells: how many entries
there are, how old and of which repositories. --watch refreshes in place on a terminal and adds a line each time
elsewhere, until Ctrl-C. Exit code: 0, 1 when there is neither a proxy nor a cache, 2 wrong usage.

Examples:
  $ ghmesh stats --watch
  $ ghmesh stats --group --json`

export const addStats: AddCommand = (program, end) => {
  addPlace(program.command('stats').description('Show what the cache has saved, live with --watch'))
    .option('--group', 'of all members that the proxy has heard lately, and their sum')
    .addOption(new Option('--watch [seconds]', 'again and again, every 2 seconds').argParser(pause).preset('2'))
    .option('--json', 'print one JSON document; with --watch one in each line')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { stats } = await import('../inspect/stats.ts')
      end(await interruptible((signal) => stats(flags, signal)))
    })
}
