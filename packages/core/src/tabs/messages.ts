import { MeshError, type MeshErrorCode } from '../errors.ts'
import type { MeshEvents } from '../events.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { Relay } from '../peers/relays.ts'
import { emptyStats, type GroupStats, type MeshStats } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { Peer } from '../transport/transport.ts'

/*
 * What tabs say to each other over a BroadcastChannel. Every page of the origin can find the channel, listen and speak there,
 * so no message carries a token, a body, or anything that makes another tab use its own token. Tabs hand bodies to each other
 * through the store of the origin.
 */

/** What a follower asks of its leader; the arguments of each. */
export interface Calls {
  /** Asks members for what answers everybody's request; what they have is in the store afterwards. */
  seek: [key: string, after?: number | undefined]
  /** How the call ended for which `seek` brought the lease. */
  ended: [key: string, how: LeaseEnd]
  /** An entry in the store is this tab's own, new or seen current: members may be told of it, if it is for everybody. */
  told: [key: string, isNew: boolean]
  holders: [key: string, hash: string]
  get: [name: string]
  set: [name: string, value: Json, ttlMs?: number | undefined]
  delete: [name: string]
  /** Members are told that these are stale. */
  purge: [targets: readonly string[]]
  /** These names of a repository turned out not to be public. */
  hidden: [names: readonly string[]]
  clear: []
  /** Only how things stand. */
  look: []
}

/** How things stand at the leader. */
export interface State {
  peerId?: string | undefined
  addresses: string[]
  stats: MeshStats
  group: GroupStats
  peers: Peer[]
  relays: Relay[]
  /** See {@link LocalMesh.clockOffsetMs}. */
  clockOffsetMs: number
}

/** What followers hear of the leader's events; the others are about the leader's own requests. */
export const toldEvents = [
  'received',
  'announced',
  'purged',
  'peer:connect',
  'peer:disconnect',
  'warning'
] as const satisfies readonly (keyof MeshEvents)[]

export interface Question<K extends keyof Calls = keyof Calls> {
  kind: 'question'
  tab: string
  id: number
  call: K
  args: Calls[K]
}

export type Message =
  | Question
  /** The tab that asked does not wait any more. */
  | { kind: 'abort'; tab: string; id: number }
  /** The question has reached the leader. */
  | { kind: 'taken'; tab: string; id: number }
  | { kind: 'answer'; tab: string; id: number; value?: unknown; error?: SentError; state?: State | undefined }
  /** A tab has become the leader. */
  | { kind: 'leads'; state: State }
  /** The leader was told to clear what all tabs keep. */
  | { kind: 'cleared' }
  /** Of the leader; `purged` of any tab, for all others. */
  | { kind: 'event'; type: (typeof toldEvents)[number]; detail: unknown; state?: State | undefined }

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown) => typeof value === 'string'
const isList = (value: unknown, isOne: (one: unknown) => boolean) => Array.isArray(value) && value.every(isOne)
const isError = (value: unknown) => isObject(value) && isText(value.name) && isText(value.message)

/** What is added up; a leader of the same version has them all. */
const areStats = (value: unknown) =>
  isObject(value) &&
  Object.entries(emptyStats()).every(([name, none]) => typeof value[name] === typeof none && value[name] !== null)

const isState = (value: unknown) =>
  isObject(value) &&
  isList(value.addresses, isText) &&
  isList(value.peers, isObject) &&
  isList(value.relays, isObject) &&
  areStats(value.stats) &&
  isObject(value.group) &&
  Number.isFinite(value.clockOffsetMs)

const isEvent = ({ type, detail }: Fields) =>
  (toldEvents as readonly unknown[]).includes(type) &&
  (type === 'warning'
    ? isError(detail)
    : isObject(detail) && (type !== 'purged' || (isText(detail.target) && (detail.asOf as number) > 0)))

/** Parses whatever a page of the origin posted; undefined if it is not a message, as far as a follower uses one. */
export function readMessage(data: unknown): Message | undefined {
  if (!isObject(data) || (data.kind === 'event' && !isEvent(data))) return undefined
  const { state, error } = data
  const isMessage = (state === undefined || isState(state)) && (error === undefined || isError(error))
  return isMessage ? (data as unknown as Message) : undefined
}

/** An error keeps its class by name, and what users look at. */
export interface SentError {
  name: string
  message: string
  code?: MeshErrorCode
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message } = error
  return error instanceof MeshError ? { name, message, code: error.code } : { name, message }
}

export function receiveError({ name, message, code }: SentError): Error {
  if (code) return new MeshError(code, message)
  if (name === 'TypeError') return new TypeError(message)
  return name === 'Error' ? new Error(message) : new DOMException(message, name)
}
