import { execFileSync } from 'node:child_process'
import { createCommands, type Running } from '../support/commands.ts'

/** What addresses of the switch begin with, how long that is, and how one is set, by the version of IP. */
const networks = { 4: { prefix: '10.77.0.', bits: 24, how: [] }, 6: { prefix: 'fd77::', bits: 64, how: ['nodad'] } }
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()

/**
 * How a NAT chooses the outer port of a connection: the inner one wherever it is free, or one of its own for each remote side,
 * so that nobody can foretell it. Both let in only what answers.
 */
export type Nat = 'port-preserving' | 'symmetric'

/** Machines on one switch, each a network namespace; all of it lies in a namespace of the run and goes with it. */
export interface Lab {
  /** Address of this process on the switch: where GitHub is. */
  readonly hub: string
  addressOf(machine: string): string
  /** Starts a process on a machine. */
  start(machine: string, file: string, args: readonly string[], env?: Record<string, string | undefined>): Running
  /** The command ghmesh on a machine. */
  ghmesh(machine: string, args: readonly string[], env?: Record<string, string | undefined>): Running
  /** Makes a machine of the lab a NAT for new ones behind it, which share its network 192.168.1.0/24. */
  behind(machine: string, kind: Nat, names: readonly string[]): void
  folder(name: string): string
  printed(): string
  /** Cuts what lies between these machines, each of which goes on reaching the hub; and mends it. */
  part(...machines: string[]): void
  join(...machines: string[]): void
  /** Gives these machines other addresses on the switch, each time of another network. */
  move(...machines: string[]): void
  /** Pulls a machine's cable, and puts it back. */
  cut(machine: string): void
  restore(machine: string): void
  end(): Promise<void>
}

/** `version`: of IP, the only one that the machines have. */
export function createLab(machines: readonly string[], cli: string, { version = 4 }: { version?: 4 | 6 } = {}): Lab {
  const commands = createCommands()
  const hidden: string[] = []
  let moves = 0
  const { prefix, bits, how } = networks[version]
  const hub = `${prefix}254`
  const address = (machine: string) => `${prefix}${machines.indexOf(machine) + 1}`
  const addRoute = (machine: string) => ip('-n', machine, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0')
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'switch', 'type', 'bridge', 'mcast_snooping', '0')
  ip('addr', 'add', `${hub}/${bits}`, 'dev', 'switch', ...how)
  ip('link', 'set', 'switch', 'up')
  for (const machine of machines) {
    ip('netns', 'add', machine)
    ip('link', 'add', `to-${machine}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', machine)
    ip('link', 'set', `to-${machine}`, 'master', 'switch', 'up')
    ip('-n', machine, 'addr', 'add', `${address(machine)}/${bits}`, 'dev', 'eth0', ...how)
    ip('-n', machine, 'link', 'set', 'eth0', 'up')
    ip('-n', machine, 'link', 'set', 'lo', 'up')
    if (version === 4) addRoute(machine)
  }
  const start: Lab['start'] = (machine, file, args, env) =>
    commands.start('ip', ['netns', 'exec', machine, file, ...args], env)
  // A bridge hands nothing from one isolated port to another, and neither side is told.
  const isolate = (names: readonly string[], how: string) => {
    for (const name of names) ip('link', 'set', `to-${name}`, 'type', 'bridge_slave', 'isolated', how)
  }
  return {
    hub,
    addressOf: address,
    start,
    ghmesh: (machine, args, env) => start(machine, process.execPath, [cli, ...args], env),
    behind(machine, kind, names) {
      const inside = (...args: string[]) => ip('netns', 'exec', machine, ...args)
      inside('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
      inside('ip', 'link', 'add', 'lan', 'type', 'bridge')
      inside('ip', 'addr', 'add', '192.168.1.1/24', 'dev', 'lan')
      inside('ip', 'link', 'set', 'lan', 'up')
      const masquerade = kind === 'symmetric' ? 'masquerade fully-random' : 'masquerade'
      inside(
        'nft',
        `add table ip nat
        add chain ip nat out { type nat hook postrouting priority 100; }
        add rule ip nat out oifname "eth0" ${masquerade}
        add table ip filter
        add chain ip filter forward { type filter hook forward priority 0; policy drop; }
        add rule ip filter forward iifname "lan" accept
        add rule ip filter forward ct state established,related accept
        add chain ip filter input { type filter hook input priority 0; policy drop; }
        add rule ip filter input iifname "lan" accept
        add rule ip filter input ct state established,related accept`
      )
      for (const [i, name] of names.entries()) {
        ip('netns', 'add', name)
        inside('ip', 'link', 'add', `to-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
        inside('ip', 'link', 'set', `to-${name}`, 'master', 'lan', 'up')
        ip('-n', name, 'addr', 'add', `192.168.1.${i + 2}/24`, 'dev', 'eth0')
        ip('-n', name, 'link', 'set', 'eth0', 'up')
        ip('-n', name, 'link', 'set', 'lo', 'up')
        ip('-n', name, 'route', 'add', 'default', 'via', '192.168.1.1')
        hidden.push(name)
      }
    },
    folder: (name) => commands.folder(name),
    printed: () => commands.printed(),
    part: (...names) => isolate(names, 'on'),
    join: (...names) => isolate(names, 'off'),
    move(...names) {
      moves++
      for (const name of names) {
        ip('-n', name, 'addr', 'flush', 'dev', 'eth0')
        ip('-n', name, 'addr', 'add', `10.77.${moves}.${machines.indexOf(name) + 1}/24`, 'dev', 'eth0')
        addRoute(name)
      }
    },
    cut: (machine) => void ip('link', 'set', `to-${machine}`, 'down'),
    restore: (machine) => void ip('link', 'set', `to-${machine}`, 'up'),
    async end() {
      await commands.end()
      // A namespace goes some time after its name; its cables at once, for the next lab has the same.
      for (const machine of machines) ip('link', 'del', `to-${machine}`)
      for (const machine of [...hidden, ...machines]) ip('netns', 'del', machine)
      ip('link', 'del', 'switch')
    }
  }
}
