import { execFileSync } from 'node:child_process'
import { createCommands, type Running } from '../commands.ts'

const network = '10.77.0'
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()

/** Machines on one switch, each a network namespace; all of it lies in a namespace of the run and goes with it. */
export interface Lab {
  /** Address of this process on the switch: where GitHub is. */
  readonly hub: string
  addressOf(machine: string): string
  /** Starts a process on a machine. */
  start(machine: string, file: string, args: readonly string[], env?: Record<string, string | undefined>): Running
  /** The command ghmesh on a machine. */
  ghmesh(machine: string, args: readonly string[], env?: Record<string, string | undefined>): Running
  folder(name: string): string
  printed(): string
  /** Pulls a machine's cable, and puts it back. */
  cut(machine: string): void
  restore(machine: string): void
  end(): Promise<void>
}

export function createLab(machines: readonly string[], cli: string): Lab {
  const commands = createCommands()
  const address = (machine: string) => `${network}.${machines.indexOf(machine) + 1}`
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'switch', 'type', 'bridge', 'mcast_snooping', '0')
  ip('addr', 'add', `${network}.254/24`, 'dev', 'switch')
  ip('link', 'set', 'switch', 'up')
  for (const machine of machines) {
    ip('netns', 'add', machine)
    ip('link', 'add', `to-${machine}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', machine)
    ip('link', 'set', `to-${machine}`, 'master', 'switch', 'up')
    ip('-n', machine, 'addr', 'add', `${address(machine)}/24`, 'dev', 'eth0')
    ip('-n', machine, 'link', 'set', 'eth0', 'up')
    ip('-n', machine, 'link', 'set', 'lo', 'up')
    ip('-n', machine, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0')
  }
  const start: Lab['start'] = (machine, file, args, env) =>
    commands.start('ip', ['netns', 'exec', machine, file, ...args], env)
  return {
    hub: `${network}.254`,
    addressOf: address,
    start,
    ghmesh: (machine, args, env) => start(machine, process.execPath, [cli, ...args], env),
    folder: (name) => commands.folder(name),
    printed: () => commands.printed(),
    cut: (machine) => void ip('link', 'set', `to-${machine}`, 'down'),
    restore: (machine) => void ip('link', 'set', `to-${machine}`, 'up'),
    async end() {
      await commands.end()
      for (const machine of machines) ip('netns', 'del', machine)
      ip('link', 'del', 'switch')
    }
  }
}
