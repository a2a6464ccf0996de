import { pause } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const help = `
A line for each: Node, the settings, the cache folder, the secret, GitHub, token, quota, clock, ETags, the registry of
members, the port, gh's socket, relays, WebRTC (where relays are set), members. It calls GitHub a handful of times, mostly
for nothing, and writes nothing there. It puts right one thing: gh's http_unix_socket, where a killed "ghmesh proxy --gh"
left it. Exit code: 1 when a line is a failure, else 0.

Example:
  $ ghmesh doctor --json | jq '.checks[] | select(.status != "ok")'`

export const addDoctor: AddCommand = (program, end) => {
  program
    .command('doctor')
    .description('Look at everything that ghmesh needs, and say how to put right what is wrong')
    .option(
      '--wait-seconds <number>',
      'how long to wait for each answer of GitHub, for a first member, and for relays',
      pause,
      5
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (flags) => {
      const { doctor } = await import('../doctor/doctor.ts')
      end(await interruptible((signal) => doctor(flags, signal)))
    })
}
