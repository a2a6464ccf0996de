import * as v from 'valibot'
import { isMistypedSecret } from './group/secret.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { MeshOptions, ReadOptions, Setting } from './options.ts'

const numberIn = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))
const port = v.pipe(numberIn(0, 65535), v.integer())
const ms = numberIn(0, Number.MAX_SAFE_INTEGER)
const filled = v.pipe(v.string(), v.trim(), v.minLength(1))
const wholeSecret = v.pipe(
  filled,
  v.check((secret) => !isMistypedSecret(secret))
)
const iceUrl = v.pipe(v.string(), v.regex(/^(?:stun|turn)s?:\S+$/))
const addresses = v.array(v.pipe(filled, v.regex(/^\/.+\/p2p\/\w+$/)))
const callable = v.custom<(...args: never[]) => unknown>((value) => typeof value === 'function')
const having = (...methods: string[]) =>
  v.custom<object>((value) =>
    methods.every((method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function')
  )

/** Visible ASCII: all that a header takes. */
export const isToken = (value: string): boolean => /^[\x21-\x7e]+$/.test(value)

const shapes: { [K in keyof Required<MeshOptions>]: v.GenericSchema } = {
  secret: v.union([wholeSecret, v.pipe(v.array(wholeSecret), v.minLength(1), v.maxLength(8))]),
  token: v.union([v.pipe(filled, v.check(isToken)), callable]),
  apiUrl: v.pipe(filled, v.check(isBaseUrl)),
  name: v.pipe(filled, v.maxLength(128)),
  share: v.union([v.picklist(['public', 'group']), callable]),
  routes: v.array(v.pipe(filled, v.regex(/^\/[\w./{}-]+$/))),
  trust: v.picklist(['group', 'verify']),
  ttlMs: v.union([ms, callable]),
  graphqlTtlMs: ms,
  staleIfErrorMs: ms,
  reservePercent: numberIn(0, 100),
  maxEntryBytes: numberIn(0, 1024 ** 3),
  store: having('get', 'put', 'touch', 'delete', 'list', 'close'),
  cacheDir: filled,
  transport: having('start', 'dial', 'publish', 'request', 'stop'),
  discovery: v.array(having('start', 'announce', 'stop')),
  networking: v.boolean(),
  repository: v.pipe(filled, v.regex(/^[\w.-]+\/[\w.-]+$/)),
  peersDir: filled,
  mdns: v.boolean(),
  bootstrap: addresses,
  relays: addresses,
  iceServers: v.array(
    v.custom<{ urls: string | string[] }>((server) =>
      [(server as { urls?: unknown } | null)?.urls].flat().every((url) => v.is(iceUrl, url))
    )
  ),
  listenPort: port,
  announceIp: v.pipe(filled, v.check(isIp)),
  forceLocalhost: v.boolean(),
  allowPrivateAddresses: v.boolean(),
  shareSameToken: v.boolean(),
  shareTabs: v.boolean(),
  limits: v.custom<Partial<Limits>>(
    (limits) =>
      typeof limits === 'object' &&
      limits !== null &&
      Object.entries(limits).every(([name, value]) => isLimit(name, value))
  ),
  fetch: callable,
  now: callable,
  monotonicNow: callable,
  random: callable,
  logger: having('debug', 'info', 'warn', 'error')
}

// Other members refuse what is more.
const ofTheProtocol =
  /^(?:gossipMessageBytes|frameBytes|valueBytes|touchKeys|listKeys|listPurges|sharedTokens|proofLifetimeMs)$/

/** Times may be 0, and sizes that mean "none"; a count of 0 would leave loops without an end. */
export function isLimit(name: string, value: unknown): boolean {
  if (!Object.hasOwn(defaultLimits, name)) return false
  if (ofTheProtocol.test(name) && Number(value) > Number(defaultLimits[name as keyof Limits])) return false
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

/**
 * An option that cannot be used, and by whom it was set where that was not `createMesh`; `wrong-option.ts`, which is loaded
 * only then, says what is wrong. Without a name: all that `createMesh` was given.
 */
export interface WrongOption extends Partial<Pick<Setting, 'said' | 'wanted' | 'received'>> {
  option: string
  value: unknown
}

/** Options, then settings from elsewhere, the first of each; all validated once. `wrong`: the first that cannot be used. */
export function readOptions(
  options: MeshOptions,
  settings: readonly Setting[]
): { read: ReadOptions } | { wrong: WrongOption } {
  const read: Record<string, unknown> = {}
  if (typeof options !== 'object' || !options || Array.isArray(options))
    return { wrong: { option: '', value: options } }
  const own: WrongOption[] = Object.entries(options).map(([option, value]) => ({ option, value }))
  for (const setting of [...own, ...settings]) {
    const { option, value } = setting
    if (value === undefined || Object.hasOwn(read, option)) continue
    const checked = isOption(option) ? v.safeParse(shapes[option], value) : undefined
    if (!checked?.success) return { wrong: setting }
    read[option] = checked.output
  }
  const limits = { ...defaultLimits, ...options.limits }
  if (typeof read.maxEntryBytes === 'number') limits.entryBytes = read.maxEntryBytes
  return { read: { ...read, limits } }
}

const isOption = (name: string): name is keyof MeshOptions => Object.hasOwn(shapes, name)
