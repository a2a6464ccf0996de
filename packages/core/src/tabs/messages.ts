import { MeshError, type MeshErrorCode } from '../errors.ts'
import type { MeshEvents } from '../events.ts'
import type { Relay } from '../members/relays.ts'
import { MeshResponse } from '../response.ts'
import type { GroupStats, MeshStats } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { Peer } from '../transport/transport.ts'

/** A request in parts that can be copied from tab to tab: `fetch`'s own, with a URL that stands for itself. */
export interface RequestParts {
  url: string
  init: Pick<RequestInit, 'method' | 'cache' | 'credentials'> & { headers: [string, string][] }
}

/** What one tab asks of the one that holds the mesh; the arguments of each. */
export interface Calls {
  fetch: [RequestParts]
  peek: [RequestParts]
  holders: [RequestParts]
  get: [name: string]
  set: [name: string, value: Json, ttlMs?: number]
  delete: [name: string]
  purge: [urlOrRepository: string]
  clear: []
  /** A write to GitHub that this tab has made itself. */
  wrote: [urls: string[], authorization?: string]
  /** Only how things stand. */
  look: []
}

/** How things stand in the tab that holds the mesh. */
export interface State {
  peerId?: string
  addresses: string[]
  stats: MeshStats
  group: GroupStats
  peers: Peer[]
  relays: Relay[]
}

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
  /** The question has reached a tab that holds the mesh. */
  | { kind: 'taken'; tab: string; id: number }
  | { kind: 'answer'; tab: string; id: number; value?: unknown; error?: SentError; state?: State }
  /** A tab has become the one that holds the mesh. */
  | { kind: 'holds'; state: State }
  | { kind: 'event'; type: keyof MeshEvents; detail: unknown; state?: State }

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

interface SentResponse {
  status: number
  statusText: string
  headers: [string, string][]
  url: string
  body: ArrayBuffer | null
}

export async function sendResponse(response: Response | undefined): Promise<SentResponse | undefined> {
  if (!response) return undefined
  const { status, statusText, headers, url } = response
  return { status, statusText, headers: [...headers], url, body: response.body && (await response.arrayBuffer()) }
}

export function receiveResponse(sent: unknown): Response | undefined {
  if (!sent) return undefined
  const { status, statusText, headers, url, body } = sent as SentResponse
  return new MeshResponse(body, { status, statusText, headers }, url)
}
