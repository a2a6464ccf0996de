import {
  defaultDiscovery,
  defaultFetch,
  defaultStore,
  findToken,
  followRedirects,
  hasTabs,
  isHidden,
  libp2pTransport,
  memberName,
  onWake,
  openIdentity,
  requireRuntime,
  settings
} from '#platform'
import { MeshError } from './errors.ts'
import type { TokenSource } from './flow/classify.ts'
import { alone } from './members.ts'
import type { Mesh } from './mesh.ts'
import type { MeshOptions } from './options.ts'
import { isToken, readOptions, type WrongOption } from './read-options.ts'
import { type Start, startHere } from './start.ts'

export { filePeers, filesystemStore, findToken, hasWebRtc, libp2pTransport, mdns } from '#platform'

// Named one by one: as a namespace, it would bring a page half a kilobyte of what bundlers need for one.
const platform: Start['platform'] = {
  defaultDiscovery,
  defaultStore,
  hasTabs,
  isHidden,
  libp2pTransport,
  memberName,
  onWake,
  openIdentity,
  followRedirects
}

const quiet: NonNullable<MeshOptions['logger']> = {
  debug() {},
  info() {},
  warn: (message) => console.warn(message),
  error: (message) => console.error(message)
}

/**
 * Makes a member. Resolves when the store is open and ports listen; never waits for other members.
 *
 * @example
 * const mesh = await createMesh({ secret: process.env.GHMESH_SECRET })
 * const response = await mesh.fetch('https://api.github.com/repos/octocat/Hello-World')
 * await mesh.stop()
 *
 * @throws MeshError: ERR_RUNTIME when this Node is too old, or with a secret in Bun, Deno or Cloudflare Workers, or where the code
 * for members cannot be loaded; ERR_INVALID_OPTION for options that cannot be used; ERR_TRANSPORT when no port can be had.
 */
export async function createMesh(given: MeshOptions = {}): Promise<Mesh> {
  requireRuntime()
  const checked = readOptions(given, settings())
  if ('wrong' in checked) throw await explain(checked.wrong)
  const options = { logger: quiet, fetch: defaultFetch, ...checked.read }
  const warn = (error: MeshError) => options.logger.warn(`ghmesh: ${error.message}`)
  const apiUrl = options.apiUrl ?? 'https://api.github.com'
  const token = createToken(options.token, () => findToken(apiUrl))
  const secrets = options.networking === false ? [] : [options.secret ?? []].flat()
  const start = { platform, options, token, warn }
  if (secrets.length === 0) return (await startHere(start, { connects: false, members: () => alone })).mesh
  // Loaded only where there is a group: it is most of the code.
  const { join } = await import('./join.ts').catch((cause) => {
    throw new MeshError('ERR_RUNTIME', notLoaded, { cause })
  })
  return join(start, secrets)
}

const notLoaded =
  'what connects members cannot be loaded: serve the files beside ghmesh.js; in a service worker, use "ghmesh/all"'

/** What is said of a wrong option is loaded only where there is one. */
const explain = (wrong: WrongOption): Promise<MeshError> =>
  import('./wrong-option.ts').then(
    ({ wrongOption }) => wrongOption(wrong),
    (cause) => new MeshError('ERR_INVALID_OPTION', `the option ${wrong.option} cannot be used`, { cause })
  )

/** The member's token: as given, asked for each time, or looked for once. */
function createToken(option: MeshOptions['token'], findToken: () => Promise<string | undefined>): TokenSource {
  let found: Promise<string | undefined> | undefined
  if (typeof option === 'string') return () => option
  if (!option) return () => (found ??= findToken())
  return async () => {
    const token = (await option())?.trim()
    // Said here, because fetch's own message would show what was given.
    if (token && !isToken(token)) throw new TypeError('the token function gave what cannot be a token')
    return token
  }
}
