import { seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'
import { addSocket } from './place.ts'

const help = `
Asks the running proxy. If no proxy runs, a member starts for some seconds, with the settings of the environment, and
shows the members that it meets. Below them: the state of each relay in GHMESH_RELAYS, and the proxy's own addresses, for
probes and CACHE_BOOTSTRAP_PEERS. Exit code: 0 the answer is known
(even if it is nobody), 1 it is not, 2 wrong usage or no secret.

Example:
  $ ghmesh peers`

export const addPeers: AddCommand = (program, end) => {
  addSocket(program.command('peers').description('Show the connected members'))
    .option('--wait-seconds <number>', 'without a proxy: how long to wait for members', seconds, 3)
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { peers } = await import('../inspect/peers.ts')
      end(await interruptible((signal) => peers(flags, signal)))
    })
}
