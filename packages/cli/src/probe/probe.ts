import { remoteAddress } from '../environment.ts'
import { CliError } from '../errors.ts'
import { createOutput } from '../output.ts'
import { ask } from './ask.ts'
import { serve } from './serve.ts'

export interface ProbeFlags {
  serve?: boolean
  listenPort?: number
  waitSeconds?: number
  json?: boolean
}

const defaultWaitSeconds = 10

/** `ghmesh probe`: can this machine reach another one, or another one this machine? */
export async function probe(given: string | undefined, flags: ProbeFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput(flags)
  if (flags.serve) {
    if (given !== undefined || flags.waitSeconds !== undefined)
      throw new CliError('--serve answers probes: use the address and --wait-seconds on the other machine', 2)
    return serve(flags.listenPort, output, signal)
  }
  if (flags.listenPort !== undefined) throw new CliError('--listen-port needs --serve', 2)
  const address = given ?? remoteAddress()
  if (address === undefined) {
    throw new CliError(
      'give the address that "ghmesh probe --serve" prints on the other machine, here or in P2P_REMOTE_MULTIADDR',
      2
    )
  }
  return ask(address, flags.waitSeconds ?? defaultWaitSeconds, output, signal)
}
