import { isIP } from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { variableOf } from './environment.ts'
import { defaultRelayLimits, type RelayLimits } from './limits.ts'
import type { Port } from './port.ts'

/** The command's options as commander reads them; each has an environment variable. */
export interface Flags {
  host: string
  tcpPort: Port
  wsPort: Port
  webrtcPort: Port
  tlsCert?: string
  tlsKey?: string
  announce?: string[]
  group?: string[]
  proxy?: string[]
  keyFile: string
  shelf?: number
  shelfDir?: string
  httpHost: string
  httpPort: Port
  limit?: Partial<RelayLimits>
  logLevel: string
  logAddresses?: true
}

function port(value: string): Port {
  if (value === 'off') return value
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > 65535)
    throw new InvalidArgumentError(`${value} is not a port: use 0 to 65535, or off.`)
  return number
}

/** The values of a repeated option, or of one value with commas, as in an environment variable. */
const list = (value: string, before: string[] = []) => [
  ...before,
  ...value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
]

function ip(value: string): string {
  // Multiaddrs have another way to write a zone.
  if (isIP(value) === 0 || value.includes('%'))
    throw new InvalidArgumentError(`${value} is not an IP address, such as 127.0.0.1 or ::.`)
  return value
}

function ips(value: string, before?: string[]): string[] {
  const all = list(value, before)
  const wrong = all.find((one) => isIP(one) === 0)
  if (wrong !== undefined) throw new InvalidArgumentError(`${wrong} is not an IP address.`)
  return all
}

/** With eight groups, each can keep at least some of the largest records. */
const minShelfBytes = 8e6

/** The longest time that a timer of Node's takes; it ends longer ones at once. */
const maxTimerMs = 2 ** 31 - 1

function limit(value: string, before: Partial<RelayLimits> = {}): Partial<RelayLimits> {
  const limits = { ...before }
  for (const one of list(value)) {
    const [name = '', text = ''] = one.split('=')
    if (!Object.hasOwn(defaultRelayLimits, name)) {
      throw new InvalidArgumentError(
        `there is no limit ${name}; the limits are ${Object.keys(defaultRelayLimits).join(', ')}.`
      )
    }
    if (!/^[1-9]\d*$/.test(text))
      throw new InvalidArgumentError(`${name} must be a whole number above 0, not "${text}".`)
    if (name.endsWith('Ms') && Number(text) > maxTimerMs)
      throw new InvalidArgumentError(`${name} must be at most ${maxTimerMs}, which is 24 days, not ${text}.`)
    limits[name as keyof RelayLimits] = Number(text)
  }
  return limits
}

const units: Record<string, number> = { KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 }

function size(value: string): number {
  const [, number = '', unit = ''] = /^([1-9]\d{0,5}(?:\.\d+)?)\s?([KMG]i?B)$/i.exec(value.trim()) ?? []
  const bytes = Math.floor(Number(number) * (units[unit.toUpperCase()] ?? 0))
  if (bytes < minShelfBytes)
    throw new InvalidArgumentError(`${value} is not a size of at least 8 MB, such as 256MB or 2GB.`)
  return bytes
}

/** Adds the options in the order in which the help lists them. */
export function addOptions(program: Command, keyFile: string): Command {
  const add = (flags: string, about: string, fallback?: unknown, parse?: (value: string, before: never) => unknown) => {
    const option = new Option(flags, about)
    if (parse) option.argParser(parse as never)
    if (fallback !== undefined) option.default(fallback)
    program.addOption(option.env(variableOf(option.name())))
  }
  add('--host <address>', 'address to listen on', '0.0.0.0', ip)
  add('--tcp-port <port>', 'TCP port, or off', 4001, port)
  add('--ws-port <port>', 'WebSocket port (TCP), or off', 4002, port)
  add('--webrtc-port <port>', 'WebRTC-direct port (UDP), or off', 4003, port)
  add('--tls-cert <file>', 'certificate (PEM) to serve WebSockets over TLS')
  add('--tls-key <file>', 'its private key (PEM)')
  add(
    '--announce <multiaddr>',
    'address to announce to members instead of those of this machine; repeatable',
    undefined,
    list
  )
  add('--group <key>', 'serve only this group, as "ghmesh group" prints it; repeatable', undefined, list)
  add(
    '--proxy <address>',
    'reverse proxy in front, to which limits per address do not apply; repeatable',
    undefined,
    ips
  )
  add('--key-file <file>', "the relay's identity; created if it does not exist", keyFile)
  add('--shelf <size>', 'keep what members leave, sealed, for those that come later; up to this much', undefined, size)
  add('--shelf-dir <folder>', 'where that is kept')
  add('--http-host <address>', 'address for /health and /metrics', '127.0.0.1')
  add('--http-port <port>', 'port for /health and /metrics, or off', 4080, port)
  add('--limit <name=number>', 'set a limit to another value, see README.md; repeatable', undefined, limit)
  program.addOption(
    new Option('--log-level <level>', 'how much to log')
      .choices(['debug', 'info', 'warn', 'silent'])
      .default('info')
      .env('GHMESH_RELAY_LOG_LEVEL')
  )
  add('--log-addresses', 'also log peer ids and addresses')
  return program
}
