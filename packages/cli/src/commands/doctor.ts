import { pause } from '../arguments.ts'
import { interruptible } from '../interrupt.ts'
import type { AddCommand } from './command.ts'

const help = `
Prints a line for each of: Node, the settings, the cache folder, the secret, GitHub, token, quota, clock, ETags, the
registry of members, the port, gh's socket, relays, WebRTC (if relays are set), members. It calls GitHub a handful of
times, mostly free of charge, and writes nothing there. It repairs one thing: gh's http_unix_socket, if a killed
"ghmesh proxy --gh" left it behind. Exit code: 1 if a line is a failure, else 0.

Example:
  $ ghmesh doctor --json | jq '.checks[] | select(.status != "ok")'`

export const addDoctor: AddCommand = (program, end) => {
  program
    .command('doctor')
    .description('Check everything that ghmesh needs, and say how to fix it')
    .option(
      '--wait-seconds <number>',
      'how long to wait for each response from GitHub, for a first member, and for relays',
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
