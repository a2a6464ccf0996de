import { Option } from 'commander'
import { pause } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addPlace } from './place.ts'

const help = `
Figures of the running proxy, since it started. If no proxy runs, what the cache directory shows: how many entries there
are, how old they are, and which repositories they belong to. --watch refreshes in place on a terminal, and adds a line
each time elsewhere, until Ctrl-C. Exit code: 0, 1 if there is neither a proxy nor a cache, 2 wrong usage.

Examples:
  $ ghmesh stats --watch
  $ ghmesh stats --group --json`

export const addStats: AddCommand = (program, end) => {
  addPlace(program.command('stats').description('Show what the cache has saved, live with --watch'))
    .option('--group', 'figures of all members that the proxy has heard from recently, and their sum')
    .addOption(new Option('--watch [seconds]', 'repeat at this interval, 2 by default').argParser(pause).preset('2'))
    .option('--json', 'print one JSON document; with --watch one per line')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { stats } = await import('../inspect/stats.ts')
      end(await interruptible((signal) => stats(flags, signal)))
    })
}
