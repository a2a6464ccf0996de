import { port, seconds } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const help = `
On one machine, --serve prints its addresses; copy the first. The other machine probes it. This needs no secret, shares
nothing and does not call GitHub. A running member, proxy or relay also answers, without its host name. The address can
also be in P2P_REMOTE_MULTIADDR. Exit code: 0 it answered, 1 it did not, 2 wrong usage; --serve: 0.

Example:
  laptop-a$ ghmesh probe --serve
  P2P_PROBE_MULTIADDR=/ip4/192.0.2.1/tcp/9100/p2p/12D3KooW...
  laptop-b$ P2P_REMOTE_MULTIADDR=/ip4/192.0.2.1/tcp/9100/p2p/12D3KooW... ghmesh probe`

export const addProbe: AddCommand = (program, end) => {
  program
    .command('probe')
    .description('Test whether one machine can reach another, and if not, why')
    .argument('[multiaddr]', 'address of the other side, ending in /p2p/ and its peer id')
    .option('--serve', 'answer probes until Ctrl-C')
    .option(
      '--listen-port <port>',
      'with --serve: TCP port, 0 for any free one (default: CACHE_LISTEN_PORT, else 9100)',
      port
    )
    .option('--wait-seconds <number>', 'how long to wait for the other side (default: 10)', seconds)
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (address, flags) => {
      const { probe } = await import('../probe/probe.ts')
      end(await interruptible((signal) => probe(address, flags, signal)))
    })
}
