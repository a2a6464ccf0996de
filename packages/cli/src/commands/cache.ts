import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addPlace } from './place.ts'

const lsHelp = `
Shows age, bytes, who may have it (public: everyone; private: not known to be public; local: this machine only), how far
its ETag reaches, and the URL. It does not show who requested an entry. With --json, one document per line.

Examples:
  $ ghmesh cache ls octocat/Hello-World
  $ ghmesh cache ls --json | head -1`
const verifyHelp = `
A damaged record does no harm: it counts as absent. Exit code: 0 no damage, or it was repaired; 1 damage remains, or there
is no cache; 2 wrong usage.

Example:
  $ ghmesh cache verify --repair`
const clearHelp = `
Removes entries and named values, and keeps this member's peer id and key. Entries that other members hold come back on
request; use "ghmesh purge" to make them stale everywhere. Exit code: 0 done, 1 not done, 2 wrong usage, such as no --yes
without a terminal.

Example:
  $ ghmesh cache clear --yes`

/** `ghmesh cache` and its commands, for the directory that a running proxy uses, or else the default one. */
export const addCache: AddCommand = (program, end) => {
  const cache = program
    .command('cache')
    .description('List, check or remove cache entries')
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  $ ghmesh cache ls octocat/Hello-World')

  addPlace(cache.command('ls').description('List the entries, newest first'))
    .argument('[filter]', 'owner/repo, or the beginning of a URL or path')
    .option('--json', 'print one JSON document per line')
    .addHelpText('after', lsHelp)
    .action(async (filter, flags) => {
      const { list } = await import('../inspect/list.ts')
      end(await interruptible((signal) => list(filter, flags, signal)))
    })
  addPlace(cache.command('verify').description('Read every record and check it'))
    .option('--repair', 'remove damaged records')
    .option('--json', 'print one JSON document')
    .addHelpText('after', verifyHelp)
    .action(async (flags) => {
      const { verify } = await import('../inspect/verify.ts')
      end(await interruptible((signal) => verify(flags, signal)))
    })
  addPlace(cache.command('clear').description('Remove all entries'))
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print one JSON document')
    .addHelpText('after', clearHelp)
    .action(async (flags) => {
      const { clear } = await import('../inspect/clear.ts')
      end(await interruptible((signal) => clear(flags, signal)))
    })
}
