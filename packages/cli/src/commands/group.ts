import process from 'node:process'
import type { AddCommand } from './command.ts'

const help = `
The secret is read from CACHE_P2P_SHARED_SECRET or GHMESH_SECRET. The public key is not confidential: it lets a relay tell
this group's members from others, but neither read their messages nor join the group. Exit code: 2 without a secret.

Example:
  $ ghmesh-relay --group "$(ghmesh group)"`

export const addGroup: AddCommand = (program) => {
  program
    .command('group')
    .description("Print the group's public key, for a relay that serves only this group")
    .addHelpText('after', help)
    .action(async () => {
      const { secretInEnvironment } = await import('../environment.ts')
      const { CliError } = await import('../errors.ts')
      const secret = secretInEnvironment()
      if (!secret) {
        throw new CliError(
          'no secret: set CACHE_P2P_SHARED_SECRET to the secret of the group, which "ghmesh secret" creates',
          2
        )
      }
      const { groupKeyOf } = await import('ghmesh/protocol')
      process.stdout.write(`${await groupKeyOf(secret.value)}\n`)
    })
}
