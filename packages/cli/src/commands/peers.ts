import { seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addSocket } from './place.ts'

const help = `
Asks the proxy that runs. Without one, a member is started for some seconds, with the settings of the environment, and
what it meets is shown. Below: how it stands with each relay of GHMESH_RELAYS. Exit code: 0 it is known (even if it is
nobody), 1 it cannot be, 2 wrong usage or no secret.

Example:
  $ ghmesh peers`

export const addPeers: AddCommand = (program, end) => {
  addSocket(program.command('peers').description('Show the members that are connected'))
    .option('--wait-seconds <number>', 'without a proxy: how long to wait for members', seconds, 3)
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { peers } = await import('../inspect/peers.ts')
      end(await interruptible((signal) => peers(flags, signal)))
    })
}
