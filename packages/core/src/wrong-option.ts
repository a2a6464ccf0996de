import { MeshError } from './errors.ts'
import { defaultLimits } from './limits.ts'
import type { MeshOptions } from './options.ts'
import type { WrongOption } from './read-options.ts'

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
  limits: `times and sizes by the names ${Object.keys(defaultLimits).join(', ')}`,
  fetch: 'a function like fetch',
  now: 'a function',
  monotonicNow: 'a function',
  random: 'a function',
  logger: 'an object with debug, info, warn and error'
}

// Never shown, not even when they are wrong.
const secrets = new Set(['secret', 'token'])

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

/** ERR_INVALID_OPTION that names the option or variable and shows the value received, except for secrets. */
export function wrongOption({ option, given }: WrongOption): MeshError {
  const names = Object.keys(wanted).join(', ')
  if (!given) return new MeshError('ERR_INVALID_OPTION', `there is no option "${option}"; the options are ${names}`)
  const takes = given.wanted ?? wanted[option as keyof MeshOptions]
  const shown = secrets.has(option) ? 'what was given (not shown)' : show(given.received)
  return new MeshError('ERR_INVALID_OPTION', `${given.said} takes ${takes}; received ${shown}`)
}
