import process from 'node:process'
import type { AddCommand } from './command.ts'

export const addSecret: AddCommand = (program) => {
  program
    .command('secret')
    .description('Print a new secret for a group')
    .addHelpText('after', '\nExample:\n  $ export CACHE_P2P_SHARED_SECRET="$(ghmesh secret)"')
    .action(async () => {
      const { createSecret } = await import('ghmesh')
      process.stdout.write(`${createSecret()}\n`)
    })
}
