import { MeshError, toMeshError } from '../errors.ts'
import { type Group, openGroup } from '../group/group.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Discovery, PeerRecord } from './discovery.ts'
import { type IssueApiOptions, issueApi, type RegistryComment } from './issue-api.ts'
import { registryComments, sealedIn } from './registry-comment.ts'

/** Of `githubIssue`. */
export interface GithubIssueOptions extends IssueApiOptions {
  /** The group's secret, with which entries are sealed; a list: the first seals, all open. */
  secret?: string | string[] | undefined
  /** Members connected now; with three of them and ten live entries nothing is written. Default: 0. */
  connected?: (() => number) | undefined
  /** From 0 to 1, for the pauses between looks. Default `Math.random`. */
  random?: (() => number) | undefined
  /** How often it is read, in ms. Default 30,000; reading costs no quota while nothing changes. */
  pollMs?: number | undefined
  /** Hears of what goes wrong while nobody waits, once until it works again. */
  onWarning?: ((error: MeshError) => void) | undefined
}

/** The same for a member, which has opened its groups already. */
export interface RegistryOptions extends GithubIssueOptions {
  groups?: readonly Group[]
}

const minuteMs = 60_000
const expireMs = 30 * minuteMs
const renewMs = 10 * minuteMs
const anonymousPollMs = 5 * minuteMs
/** A refusal may be over after so long: a token can be exchanged, and a permission given. */
const refusedMs = 60 * minuteMs
/** Above these, this member need not register: GitHub allows 500 writes an hour. */
const enoughConnections = 3
const enoughEntries = 10
/** Expired entries that one look removes. */
const removedAtOnce = 5
/** A stop waits so long for what is under way, and again for the removal of this member's entry. */
const lastMs = 3000

/** What `githubIssue` does once it has started. */
export function issueRegistry(options: RegistryOptions): Discovery {
  const { now = Date.now, random = Math.random, onWarning = () => {} } = options
  const ended = new AbortController()
  const api = issueApi(options, ended.signal)
  const own = ownComment(api, options)
  const opening = openRegistry(options)
  opening.catch(() => {}) // reported where it is awaited
  let known = new Map<string, string>()
  let listener: ((peer: PeerRecord) => void) | undefined
  let comments: RegistryComment[] = []
  let refusedAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  // Two looks at once could both create the issue.
  const { run: inTurn, idle } = oneByOne()
  let stopped = false

  const failed = (cause: unknown) => unusable(options.repository, cause)

  /** Reads all comments and tells of what is new. */
  async function look(): Promise<void> {
    if (stopped) return
    const registry = await opening
    comments = await api.comments()
    const live = await livePeers(comments, registry.read, now())
    const before = known
    known = new Map([...live].map(([peerId, { addresses }]) => [peerId, addresses.join()]))
    for (const [peerId, peer] of live) if (!stopped && before.get(peerId) !== known.get(peerId)) listener?.(peer)
  }

  async function register(self: PeerRecord): Promise<void> {
    if (stopped || !(await own.write(self, comments, known.size, await opening))) return
    // Of two that come at the same time, the one that writes later sees the other at once.
    await look()
    if (!stopped) await sweep(api, comments).catch(() => {}) // this member's entry is there all the same
  }

  async function poll(): Promise<void> {
    await inTurn(look).catch(() => {}) // the next look tries again
    await schedule()
  }

  async function schedule(): Promise<void> {
    const every = (await hasToken(options)) ? (options.pollMs ?? 30_000) : anonymousPollMs
    if (!stopped) timer = setTimeout(() => void poll(), every * (0.8 + 0.4 * random()))
  }

  return {
    name: 'github-issue',
    async start(found) {
      listener = found
      try {
        await inTurn(look)
      } catch (error) {
        throw failed(error)
      }
      clearTimeout(timer)
      await schedule()
    },
    async announce(self) {
      if (stopped || isLately(refusedAt, refusedMs, now())) return
      try {
        await inTurn(() => register(self))
        refusedAt = undefined
      } catch (cause) {
        if (!isRefusal(cause)) throw failed(cause)
        const said = refusedAt !== undefined
        refusedAt = now()
        if (!said) onWarning(notRegistered(options.repository, cause))
      }
    },
    async stop() {
      if (stopped) return
      stopped = true
      clearTimeout(timer)
      const late = setTimeout(() => ended.abort(), lastMs)
      await idle()
      clearTimeout(late)
      await own.remove()
    }
  }
}

/** Less than so long ago. What is ahead of the clock is not: it was set back, and could be wrong by hours before. */
const isLately = (at: number | undefined, ms: number, now: number) => at !== undefined && at <= now && now - at < ms

/** One that cannot be had now may be there at the next look. */
const hasToken = async ({ token }: RegistryOptions): Promise<boolean> => {
  try {
    return (await token?.()) !== undefined
  } catch {
    return true
  }
}

const unusable = (repository: string, cause: unknown) =>
  toMeshError('ERR_DISCOVERY', `the registry of ${repository} cannot be used`, cause)

/** GitHub does not let this token write. */
const isRefusal = (cause: unknown): cause is MeshError => cause instanceof MeshError && cause.code === 'ERR_DISCOVERY'

const notRegistered = (repository: string, cause: MeshError) =>
  new MeshError(
    'ERR_DISCOVERY',
    `this member reads the registry of ${repository} and is not in it: ${cause.message}. Give it a token that may write issues there, or let others be dialled`,
    { cause }
  )

/** Every member tries: another may have been faster, and not every token may. GitHub's own timestamp decides the age of an entry, not what is sealed in it. */
async function sweep(api: ReturnType<typeof issueApi>, comments: readonly RegistryComment[]): Promise<void> {
  const dead = api.answeredAt() - expireMs
  const old = comments.filter(({ body, updatedAt }) => updatedAt < dead && sealedIn(body))
  for (const { id } of old.slice(0, removedAtOnce)) await api.remove(id)
}

async function openRegistry({ repository, secret, groups: opened, now = Date.now }: RegistryOptions) {
  const secrets = secret === undefined ? [] : [secret].flat()
  const [first, ...rest] = opened ?? (await Promise.all(secrets.map((one) => openGroup(one, now, renewMs))))
  if (first) return registryComments([first, ...rest], repository)
  throw new MeshError('ERR_INVALID_OPTION', 'githubIssue seals entries for a group: give it the secret')
}

type Registry = Awaited<ReturnType<typeof openRegistry>>

/** Who is alive, as the comments say, by peer id. */
async function livePeers(
  comments: readonly RegistryComment[],
  read: Registry['read'],
  now: number
): Promise<Map<string, PeerRecord>> {
  const live = new Map<string, PeerRecord>()
  for (const { body } of comments) {
    const peer = await read(body)
    if (!peer || Math.abs(now - peer.lastSeen) > expireMs) continue
    // A second comment about a peer must not replace the first.
    const addresses = [...(live.get(peer.peerId)?.addresses ?? []), ...peer.addresses]
    live.set(peer.peerId, { ...peer, addresses })
  }
  return live
}

/** The comment in which this member is found. */
function ownComment(api: ReturnType<typeof issueApi>, options: RegistryOptions) {
  const { connected = () => 0, now = Date.now, random = Math.random } = options
  let ownId: number | undefined
  let written = ''
  let writtenAt: number | undefined
  let renewAfterMs = 0
  return {
    /**
     * Writes it, where that is due and this member has to be found, for want of others of its groups. False when nothing was
     * written.
     */
    async write(
      self: PeerRecord,
      comments: readonly RegistryComment[],
      others: number,
      registry: Registry
    ): Promise<boolean> {
      const name = await registry.nameOf(self)
      const said = JSON.stringify(self.addresses)
      const live = comments.filter(({ body, updatedAt }) => now() - updatedAt < expireMs && sealedIn(body))
      const mine = live.find(({ body }) => sealedIn(body)?.name === name)
      if (written === said && isLately(writtenAt, renewAfterMs, now())) return false
      if (!mine && connected() >= enoughConnections && others >= enoughEntries) return false
      const body = await registry.write({ ...self, lastSeen: now() })
      const id = ownId ?? mine?.id
      ownId = id === undefined ? await api.add(body) : await api.edit(id, body)
      written = said
      writtenAt = now()
      renewAfterMs = renewMs * (0.8 + 0.4 * random())
      return true
    },
    async remove(): Promise<void> {
      if (ownId !== undefined) await api.remove(ownId, AbortSignal.timeout(lastMs)).catch(() => {}) // it expires by itself
    }
  }
}
