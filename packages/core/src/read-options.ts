import * as v from 'valibot'
import { MeshError } from './errors.ts'
import { isStrongSecret } from './group/secret.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { MeshOptions, ReadOptions, Setting } from './options.ts'

const numberIn = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))
const port = v.pipe(numberIn(0, 65535), v.integer())
const ms = numberIn(0, Number.MAX_SAFE_INTEGER)
const filled = v.pipe(v.string(), v.trim(), v.minLength(1))
const wholeSecret = v.pipe(
  filled,
  v.check((secret) => !secret.startsWith('ghm1_') || isStrongSecret(secret))
)
const iceUrl = v.pipe(v.string(), v.regex(/^(?:stun|turn)s?:\S+$/))
const callable = v.custom<(...args: never[]) => unknown>((value) => typeof value === 'function')
const having = (...methods: string[]) =>
  v.custom<object>((value) =>
    methods.every((method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function')
  )

/** Visible ASCII: all that a header takes. */
export const isToken = (value: string): boolean => /^[\x21-\x7e]+$/.test(value)

// What each option takes, and how to say so.
const shapes: { [K in keyof Required<MeshOptions>]: [v.GenericSchema, string] } = {
  secret: [
    v.union([wholeSecret, v.pipe(v.array(wholeSecret), v.minLength(1), v.maxLength(8))]),
    'a passphrase or ghm1_ and 43 letters, digits, - or _, or a list of 1 to 8 of them'
  ],
  token: [
    v.union([v.pipe(filled, v.check(isToken)), callable]),
    'a token without spaces, or a function that resolves to one'
  ],
  apiUrl: [
    v.pipe(filled, v.check(isBaseUrl)),
    'an http(s) URL without query or credentials, like https://api.github.com'
  ],
  name: [v.pipe(filled, v.maxLength(128)), '1 to 128 characters'],
  share: [v.union([v.picklist(['public', 'group']), callable]), '"public", "group" or a function'],
  routes: [
    v.array(v.pipe(filled, v.regex(/^\/[\w./{}-]+$/))),
    'a list of templates like /repos/{owner}/{repo}/traffic/views'
  ],
  trust: [v.picklist(['group', 'verify']), '"group" or "verify"'],
  ttlMs: [v.union([ms, callable]), 'a number of milliseconds from 0 on, or a function'],
  graphqlTtlMs: [ms, 'a number of milliseconds from 0 on'],
  staleIfErrorMs: [ms, 'a number of milliseconds from 0 on'],
  reservePercent: [numberIn(0, 100), 'a percentage from 0 to 100'],
  maxEntryBytes: [numberIn(0, 1024 ** 3), 'a number of bytes from 0 to 1 GiB'],
  store: [having('get', 'put', 'touch', 'delete', 'list', 'close'), 'a Store'],
  cacheDir: [filled, 'a folder'],
  transport: [having('start', 'dial', 'publish', 'request', 'stop'), 'a Transport'],
  discovery: [v.array(having('start', 'announce', 'stop')), 'a list of Discovery'],
  networking: [v.boolean(), 'true or false (1 or 0)'],
  repository: [v.pipe(filled, v.regex(/^[\w.-]+\/[\w.-]+$/)), 'owner/repo'],
  peersDir: [filled, 'a folder'],
  mdns: [v.boolean(), 'true or false (1 or 0)'],
  bootstrap: [v.array(v.pipe(filled, v.regex(/^\/.+\/p2p\/\w+$/))), 'multiaddrs that end in /p2p/ and a peer id'],
  relays: [
    v.array(v.pipe(filled, v.regex(/^\/.+\/p2p\/\w+$/))),
    'multiaddrs of relays, as ghmesh-relay prints them: they end in /p2p/ and a peer id'
  ],
  iceServers: [
    v.array(v.looseObject({ urls: v.union([iceUrl, v.array(iceUrl)]) })),
    'a list of { urls: "stun:host:port" } and the like'
  ],
  listenPort: [port, 'a whole number from 0 to 65535'],
  announceIp: [v.pipe(filled, v.check(isIp)), 'an IPv4 or IPv6 address'],
  forceLocalhost: [v.boolean(), 'true or false (1 or 0)'],
  allowPrivateAddresses: [v.boolean(), 'true or false'],
  shareSameToken: [v.boolean(), 'true or false (1 or 0)'],
  shareTabs: [v.boolean(), 'true or false'],
  limits: [
    v.pipe(
      v.record(v.picklist(Object.keys(defaultLimits)), v.unknown()),
      v.check((limits) => Object.entries(limits).every(([name, value]) => isLimit(name as keyof Limits, value)))
    ),
    `times and sizes by the names ${Object.keys(defaultLimits).join(', ')}`
  ],
  fetch: [callable, 'a function like fetch'],
  now: [callable, 'a function'],
  monotonicNow: [callable, 'a function'],
  random: [callable, 'a function'],
  logger: [having('debug', 'info', 'warn', 'error'), 'an object with debug, info, warn and error']
}

// Other members refuse what is more.
const ofTheProtocol =
  /^(?:gossipMessageBytes|frameBytes|valueBytes|touchKeys|listKeys|listPurges|sharedTokens|proofLifetimeMs)$/

// Times may be 0, and sizes that mean "none"; a count of 0 would leave loops without an end.
function isLimit(name: keyof Limits, value: unknown): boolean {
  if (ofTheProtocol.test(name) && Number(value) > Number(defaultLimits[name])) return false
  if (name === 'recheckMs') return v.is(v.array(ms), value)
  if (name.endsWith('Ms')) return v.is(ms, value)
  return v.is(v.pipe(ms, v.integer()), value) && (value !== 0 || /^(?:entry|value|inline)Bytes$/.test(name))
}

function isBaseUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password
}

/** Parsed by the platform, which is smaller than valibot's pattern; an IPv6 address can name its zone. */
function isIp(value: string): boolean {
  if (/^[\d.]+$/.test(value)) return URL.parse(`http://${value}`)?.hostname === value
  const [, ip6] = /^([\da-f:.]+)(?:(?<=^fe80:.*)%[\da-z]+)?$/i.exec(value) ?? []
  return ip6 !== undefined && URL.canParse(`http://[${ip6}]`)
}

// Never shown, not even when they are wrong.
const secrets = new Set<keyof MeshOptions>(['secret', 'token'])

// In the wrong place: tokens, secrets, what stands before the host of a URL, and parameters that are called so.
const hidden =
  /\b(?:gh[pousr]_|github_pat_|ghm1_|eyJ[\w-]+\.(?=[\w-]))[\w-]+(?:\.[\w-]+)*|(?<=:\/\/)[^/@\s]+(?=@)|(?<=[?&]\w*(?:token|secret)=)[^&#"]+/g

function show(value: unknown): string {
  try {
    return (/string|object/.test(typeof value) ? JSON.stringify(value) : String(value)).replace(hidden, '***')
  } catch {
    return 'an object that cannot be shown'
  }
}

type Checked = Omit<Setting, 'received'> & { received: unknown }

/** The value as it is meant: text without white space around it. */
function check({ option, value, said, received, wanted = shapes[option][1] }: Checked): unknown {
  const [shape] = shapes[option]
  const read = v.safeParse(shape, value)
  if (read.success) return read.output
  const shown = secrets.has(option) ? 'what was given (not shown)' : show(received)
  throw new MeshError('ERR_INVALID_OPTION', `${said} takes ${wanted}; received ${shown}`)
}

/**
 * Options, then settings from elsewhere, the first of each; all validated once.
 *
 * @throws MeshError ERR_INVALID_OPTION that names the option or variable and shows the value received, but for secrets.
 */
export function readOptions(options: MeshOptions, settings: readonly Setting[]): ReadOptions {
  const read: Record<string, unknown> = {}
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!Object.hasOwn(shapes, option))
      throw new MeshError(
        'ERR_INVALID_OPTION',
        `there is no option "${option}"; the options are ${Object.keys(shapes).join(', ')}`
      )
    read[option] = check({ option: option as keyof MeshOptions, value, said: `option ${option}`, received: value })
  }
  for (const setting of settings) read[setting.option] ??= check(setting)
  const limits = { ...defaultLimits, ...options.limits }
  if (typeof read.maxEntryBytes === 'number') limits.entryBytes = read.maxEntryBytes
  return { ...read, limits }
}
