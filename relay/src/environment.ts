import { Command, type CommanderError, Option } from 'commander'

const prefix = 'GHMESH_RELAY_'

/** The variable of a flag, such as `GHMESH_RELAY_TCP_PORT` of `--tcp-port`. */
export const variableOf = (flag: string): string =>
  `${prefix}${flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`

const flagOf = (variable: string) => `--${variable.slice(prefix.length).replaceAll('_', '-').toLowerCase()}`

/** Set to nothing counts as not set: compose files do that with variables that were left out. So does a switch that is off. */
function isUnset(name: string, text = ''): boolean {
  const value = text.trim()
  return value === '' || (name === 'GHMESH_RELAY_LOG_ADDRESSES' && /^(?:0|false|no|off)$/i.test(value))
}

/** Removes the relay's variables that count as not set. */
export function clearUnset(environment: NodeJS.ProcessEnv): void {
  for (const name in environment)
    if (name.startsWith(prefix) && isUnset(name, environment[name])) delete environment[name]
}

/** Kubernetes sets such variables in every container for a service whose name begins with `ghmesh-relay`. */
const ofServices =
  /^\w+_(?:SERVICE_HOST=|SERVICE_PORT(?:_\w+)?=|PORT=(?:tcp|udp|sctp):|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?=)/

/** A variable that begins like the relay's but is not one of them, and the nearest one that is; undefined if there is none. */
export function unknownVariable(environment: NodeJS.ProcessEnv, known: readonly string[]): string | undefined {
  const name = Object.keys(environment).find(
    (one) => one.startsWith(prefix) && !known.includes(one) && !ofServices.test(`${one}=${environment[one]}`)
  )
  return name && `unknown environment variable ${name}${suggestion(name, known)}`
}

/** What commander would suggest if it were a flag; empty if nothing is near. */
function suggestion(name: string, known: readonly string[]): string {
  const flags = new Command()
    .helpOption(false)
    .exitOverride()
    .configureOutput({ outputError() {} })
  for (const one of known) flags.addOption(new Option(flagOf(one)))
  try {
    flags.parse([flagOf(name)], { from: 'user' })
    return ''
  } catch (error) {
    const [said = ''] = /\(Did you mean .*\)/.exec((error as CommanderError).message) ?? []
    return said && ` ${said.replace(/--[\w-]+/g, variableOf)}`
  }
}
