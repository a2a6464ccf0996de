import {
  defaultDiscovery,
  defaultFetch,
  defaultStore,
  findToken,
  libp2pTransport,
  memberName,
  meshOfTabs,
  onWake,
  openIdentity,
  requireRuntime,
  seesRedirects,
  settings
} from '#platform'
import type { Discovery } from './discovery/discovery.ts'
import { githubIssue } from './discovery/github-issue.ts'
import { MeshError, toMeshError } from './errors.ts'
import type { TokenSource } from './flow/classify.ts'
import { type Group, openGroup } from './group/group.ts'
import { looksGuessable } from './group/secret.ts'
import { alone, type OwnSide } from './members.ts'
import { type LocalMesh, type Mesh, startMesh } from './mesh.ts'
import { createNetwork } from './network.ts'
import { isToken, type MeshOptions, readOptions } from './options.ts'
import { mayShareTabs, nameAmongTabs } from './tabs/name.ts'
import { type LeadingTab, throughLeader } from './tabs/through-leader.ts'

export { filePeers, filesystemStore, findToken, hasWebRtc, libp2pTransport, mdns } from '#platform'

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
 * @throws MeshError: ERR_RUNTIME when this Node is too old, or with a secret in Bun or Deno; ERR_INVALID_OPTION for options
 * that cannot be used; ERR_TRANSPORT when no port can be had.
 */
export async function createMesh(given: MeshOptions = {}): Promise<Mesh> {
  requireRuntime()
  const options = { logger: quiet, fetch: defaultFetch, ...readOptions(given, settings()) }
  const { logger, secret, now = Date.now, limits } = options
  const warn = (error: MeshError) => logger.warn(`ghmesh: ${error.message}`)
  const secrets = options.networking === false ? [] : [secret ?? []].flat()
  const groups = await Promise.all(secrets.map((one) => openGroup(one, now, limits.proofLifetimeMs)))
  if (secrets.some(looksGuessable)) {
    warn(
      new MeshError(
        'ERR_INVALID_OPTION',
        'the secret looks guessable: a relay or a reader of the registry could find it by trying; "ghmesh secret" makes a strong one'
      )
    )
  }
  const apiUrl = options.apiUrl ?? 'https://api.github.com'
  const token = createToken(options.token, () => findToken(apiUrl))
  const start = () => startHere(options, groups, token, warn)
  const startFollower = (leader: LeadingTab) => startHere(options, [], token, warn, leader)
  if (!meshOfTabs || !groups[0] || !mayShareTabs(options)) return start()
  return meshOfTabs({
    name: await nameAmongTabs(options, groups),
    start,
    startFollower,
    answerMs: limits.tabAnswerMs,
    doneMs: limits.tabDoneMs,
    seekMs: limits.tabAnswerMs + limits.membersBudgetMs
  })
}

/** A member in this process or tab. */
async function startHere(
  options: ReturnType<typeof readOptions> & Required<Pick<MeshOptions, 'logger' | 'fetch'>>,
  groups: readonly Group[],
  token: TokenSource,
  warn: (error: MeshError) => void,
  leader?: LeadingTab
): Promise<LocalMesh> {
  const { name = memberName() } = options
  const [group, ...others] = groups
  const identity = await openIdentity(options, group !== undefined)
  let mesh: LocalMesh | undefined
  const network = (own: OwnSide, group: Group) =>
    createNetwork(
      {
        groups: [group, ...others],
        transport:
          options.transport ?? libp2pTransport({ ...options, privateKey: identity.privateKey, onWarning: warn }),
        discovery: options.discovery ?? [
          ...defaultDiscovery(options, warn, group.id),
          ...registry(options, groups, token, warn, () => mesh?.peers().length ?? 0)
        ],
        relays: options.relays ?? [],
        name
      },
      own
    )
  try {
    mesh = await startMesh({
      options,
      name,
      seesRedirects,
      store: options.store ?? defaultStore(options, warn),
      machineKey: identity.machineKey,
      members: (own) => (leader ? throughLeader(leader)(own) : group ? network(own, group) : alone(own)),
      token,
      onWake,
      release: () => identity.release()
    })
    return mesh
  } catch (error) {
    await identity.release()
    throw toMeshError('ERR_TRANSPORT', 'the mesh could not start', error)
  }
}

/** The members that an issue of a repository lists, where the user has named one. */
function registry(
  options: ReturnType<typeof readOptions>,
  groups: readonly Group[],
  token: TokenSource,
  onWarning: (error: MeshError) => void,
  connected: () => number
): Discovery[] {
  const { repository } = options
  return repository === undefined ? [] : [githubIssue({ ...options, repository, groups, token, connected, onWarning })]
}

/** The member's token: as given, asked for each time, or looked for once. */
function createToken(option: MeshOptions['token'], findToken: () => Promise<string | undefined>): TokenSource {
  let found: Promise<string | undefined> | undefined
  if (typeof option === 'string') return () => option
  if (!option) return () => (found ??= findToken())
  return async () => {
    const token = (await option())?.trim()
    // Said here, because fetch's own message would show what was given.
    if (token && !isToken(token)) throw new TypeError('the token function resolved to what cannot be a token')
    return token
  }
}
