import { MeshError } from './errors.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { MeshOptions } from './options.ts'
import { isLimit, type WrongOption } from './read-options.ts'

// What each option takes.
const wanted: { [K in keyof Required<MeshOptions>]: string } = {
  secret: 'a passphrase or ghm1_ and 43 letters, digits, - or _, or a list of 1 to 8 of them',
  token: 'a token without spaces, or a function that resolves to one',
  apiUrl: 'an http(s) URL without query or credentials, like https://api.github.com',
  name: '1 to 128 characters',
  share: '"public", "group" or a function',
  routes: 'a list of templates like /repos/{owner}/{repo}/traffic/views',
  trust: '"group" or "verify"',
  ttlMs: 'a number of milliseconds from 0 on, or a function',
  graphqlTtlMs: 'a number of milliseconds from 0 on',
  staleIfErrorMs: 'a number of milliseconds from 0 on',
  reservePercent: 'a percentage from 0 to 100',
  maxEntryBytes: 'a number of bytes from 0 to 1 GiB',
  store: 'a Store',
  cacheDir: 'a folder',
  transport: 'a Transport',
  discovery: 'a list of Discovery',
  networking: 'true or false (1 or 0)',
  repository: 'owner/repo',
  peersDir: 'a folder',
  mdns: 'true or false (1 or 0)',
  bootstrap: 'multiaddrs that end in /p2p/ and a peer id',
  relays: 'multiaddrs of relays, as ghmesh-relay prints them: they end in /p2p/ and a peer id',
  iceServers: 'a list of { urls: "stun:host:port" } and the like',
  listenPort: 'a whole number from 0 to 65535',
  announceIp: 'an IPv4 or IPv6 address',
  forceLocalhost: 'true or false (1 or 0)',
  allowPrivateAddresses: 'true or false',
  shareSameToken: 'true or false (1 or 0)',
  shareTabs: 'true or false',
  limits: 'an object of times and sizes, such as { freshMs: 60000 }',
  fetch: 'a function like fetch',
  now: 'a function',
  monotonicNow: 'a function',
  random: 'a function',
  logger: 'an object with debug, info, warn and error'
}

// Never shown, not even when they are wrong.
const secrets = new Set(['secret', 'token'])

// In the wrong place: tokens, secrets, what stands before the host of a URL, and what is called so.
const hidden =
  /\b(?:gh[pousr]_|github_pat_|ghm1_|eyJ[\w-]+\.(?=[\w-]))[\w-]+(?:\.[\w-]+)*|(?<=:\/\/)[^/@\s]+(?=@)|(?<=[?&]\w*(?:token|secret)=)[^&#"]+|(?<="(?:token|secret|credential)":")(?:[^"\\]|\\.)+/g

const maxShownChars = 100

function show(value: unknown): string {
  try {
    const text = (/string|object/.test(typeof value) ? JSON.stringify(value) : String(value)).replace(hidden, '***')
    return text.length > maxShownChars ? `${text.slice(0, maxShownChars)}…` : text
  } catch {
    return 'an object that cannot be shown'
  }
}

/** Its letters, each with the one before. */
const pairsOf = (name: string) => [...name.toLowerCase()].map((letter, i, all) => all[i - 1] + letter)

/** Says which name shares most of its pairs of letters with the one given; all names, where none shares many. */
function unknownOption(path: string, name: string, known: object): string {
  const pairs = pairsOf(name)
  const likeness = (other: string) =>
    pairsOf(other).filter((pair) => pairs.includes(pair)).length / (pairs.length + other.length)
  const names = Object.keys(known)
  const nearest = names.reduce((best, other) => (likeness(other) > likeness(best) ? other : best))
  const advice = likeness(nearest) > 0.2 ? `did you mean "${nearest}"?` : `choose one of ${names.join(', ')}`
  return `there is no option ${show(path + name)}; ${advice}`
}

/** What a limit takes, found by trying, so that it is never another rule than the one that refuses. */
function limitTakes(name: keyof Limits): string {
  if (isLimit(name, [])) return 'a list of milliseconds from 0 on'
  const most = isLimit(name, Number.MAX_SAFE_INTEGER) ? 'on' : `to ${defaultLimits[name]}`
  return `a ${isLimit(name, 1.5) ? 'number of milliseconds' : 'whole number'} from ${isLimit(name, 0) ? 0 : 1} ${most}`
}

function explain({ option, value, said = `option ${option}`, ...given }: WrongOption): string {
  if (option === '') return 'createMesh takes an object of options, such as { secret, token }'
  if (!Object.hasOwn(wanted, option)) return unknownOption('', option, wanted)
  const limits = option === 'limits' && typeof value === 'object' ? Object.entries(value ?? {}) : []
  for (const [name, limit] of limits) {
    if (!Object.hasOwn(defaultLimits, name)) return unknownOption('limits.', name, defaultLimits)
    if (!isLimit(name, limit)) return refuse(`${said}.${name}`, limitTakes(name as keyof Limits), show(limit))
  }
  const shown = secrets.has(option) ? 'what was given (not shown)' : show(given.received ?? value)
  return refuse(said, given.wanted ?? wanted[option as keyof MeshOptions], shown)
}

const refuse = (said: string, takes: string, shown: string) => `${said} takes ${takes}; received ${shown}`

/** ERR_INVALID_OPTION that names the option or variable and shows the value received, except for secrets. */
export const wrongOption = (wrong: WrongOption): MeshError => new MeshError('ERR_INVALID_OPTION', explain(wrong))
