import { join } from 'node:path'
import { type GitHub, type GitHubOptions, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import {
  createMesh,
  type Mesh,
  type MeshEvents,
  type MeshOptions,
  memoryHub,
  memoryStore,
  memoryTransport,
  type Transport
} from 'ghmesh'

export const alice = 'sim-token-alice'
export const bob = 'sim-token-bob'
export const repo = '/repos/octocat/Hello-World'
export const secretRepo = '/repos/octocat/secret-plans'
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** `Authorization` for one request. */
export const as = (token: string) => ({ headers: { authorization: `token ${token}` } })

// A folder that cannot be made: each member gets an identity in memory, which spares these tests the disk.
const nowhere = join(import.meta.filename, 'none')

export type Init = Parameters<typeof fetch>[1]

/** One call that a member sent out. */
interface Sent {
  url: string
  method: string
  headers: Headers
}

export interface Member {
  mesh: Mesh
  transport: Transport
  /** Asks for a path of the API. */
  ask(path: string, init?: Init): Promise<Response>
  /** The same, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever GitHub says; each test looks at a field or two
  json(path: string, init?: Init): Promise<any>
  peek(path: string, init?: Init): Promise<Response | undefined>
  /** What this member sent to anybody by its `fetch`. */
  sent: Sent[]
  warnings: string[]
}

export interface Scene {
  readonly github: GitHub
  /** Milliseconds, for members and GitHub alike. */
  now: number
  /** A member with alice's token that knows nobody, unless said otherwise. `token: undefined` is anonymous. */
  member(options?: MeshOptions): Promise<Member>
  /** Makes members know each other, each the first. */
  connect(first: Member, ...others: Member[]): Promise<void>
  /** Two connected members, alice's and bob's. */
  two(options?: MeshOptions): Promise<[Member, Member]>
}

/** A fresh GitHub and clock for each test of a suite; everything is stopped after it. */
export function scene(options: GitHubOptions = {}): Scene {
  let github: GitHub
  let members: Member[] = []
  let hub = memoryHub()
  const self: Scene = {
    now: 0,
    get github() {
      return github
    },
    async member(given = {}) {
      const sent: Sent[] = []
      const warnings: string[] = []
      const transport = memoryTransport(hub)
      const token = 'token' in given ? (given.token ?? (async () => undefined)) : alice
      const mesh = await createMesh({
        secret: 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE',
        apiUrl: github.url,
        name: `member ${members.length}`,
        transport,
        discovery: [],
        store: memoryStore(),
        cacheDir: nowhere,
        now: () => self.now,
        random: () => 0.99,
        fetch: (input, init) => {
          const request = input instanceof Request ? input : undefined
          const headers = new Headers(init?.headers ?? request?.headers)
          sent.push({ url: request?.url ?? String(input), method: init?.method ?? request?.method ?? 'GET', headers })
          return fetch(input, init)
        },
        logger: { debug() {}, info() {}, warn: (text) => warnings.push(text), error: (text) => warnings.push(text) },
        ...given,
        token,
        limits: {
          touchBatchMs: 1,
          membersBudgetMs: 2000,
          hedgeMs: 1000,
          leaseHedgeMs: 1000,
          leaseMs: 10_000,
          leaseWaitMs: 30_000,
          writeGapMs: 0,
          ...given.limits
        }
      })
      const member: Member = {
        mesh,
        transport,
        ask: (path, init) => mesh.fetch(github.url + path, init),
        json: async (path, init) => (await mesh.fetch(github.url + path, init)).json(),
        peek: (path, init) => mesh.peek(github.url + path, init),
        sent,
        warnings
      }
      members.push(member)
      return member
    },
    async connect(first, ...others) {
      for (const other of others) {
        const met = [next(first, 'peer:connect'), next(other, 'peer:connect')]
        await other.transport.dial(first.transport.addresses[0] ?? '')
        await Promise.all(met)
      }
    },
    async two(given = {}) {
      const a = await self.member({ token: alice, ...given })
      const b = await self.member({ token: bob, ...given })
      await self.connect(a, b)
      return [a, b]
    }
  }
  beforeEach(async () => {
    self.now = Date.UTC(2026, 3, 1)
    hub = memoryHub()
    github = await startGitHub({ secondaryLimits: false, now: () => self.now, ...options })
  })
  afterEach(async () => {
    const stopping = members.map(({ mesh }) => mesh.stop())
    await github.stop()
    await Promise.all(stopping)
    members = []
  })
  return self
}

/** The next event of a kind, or the next whose URL ends so; without case, for entries are known by canonical URLs. */
export function next<K extends keyof MeshEvents>(member: Member, type: K, ending = ''): Promise<MeshEvents[K]> {
  return new Promise((resolve) => {
    const listener = ({ detail }: CustomEvent<MeshEvents[K]>) => {
      if (!('url' in detail ? detail.url : '').toLowerCase().endsWith(ending.toLowerCase())) return
      member.mesh.removeEventListener(type, listener)
      resolve(detail)
    }
    member.mesh.addEventListener(type, listener)
  })
}

/** Counts the events of a kind from now on. */
export function counter(member: Member, type: keyof MeshEvents): { count: number } {
  const seen = { count: 0 }
  member.mesh.addEventListener(type, () => {
    seen.count++
  })
  return seen
}

const untilMs = 5000

/** Waits until something holds. Fails after 5 s and says for what it waited: `what`, or the condition itself. */
export async function until(holds: () => unknown, what = String(holds)): Promise<void> {
  const giveUpAt = performance.now() + untilMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${untilMs} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Everything `from` said before this is known to `to`, but for what GitHub has not answered yet. */
export async function heard(from: Member, to: Member): Promise<void> {
  const name = `heard ${crypto.randomUUID()}`
  const received = next(to, 'received', name)
  await from.mesh.set(name, true)
  await received
}

/** Asks, and waits until another member has the answer too. */
export async function shared(from: Member, to: Member, path: string, init?: Init): Promise<Response> {
  const received = next(to, 'received', path)
  const response = await from.ask(path, init)
  await received
  return response
}

/** The parameters of this mesh's `Cache-Status`. */
export const status = (response: Response | undefined) => response?.headers.get('cache-status')

/** What a page of another origin gets (https://docs.github.com/rest/using-the-rest-api/using-cors-and-jsonp-to-make-cross-origin-requests): no `Date`. */
export const asPage: typeof fetch = async (...args) => {
  const response = await fetch(...args)
  const headers = new Headers(response.headers)
  headers.delete('date')
  return new Response(response.body, { status: response.status, headers })
}

/** An answer that a test wrote, with the date of its clock: Node's own `Date` header would show another time. */
export function dated(s: Scene, body: string | null, { headers, ...init }: ResponseInit = {}): () => Response {
  return () => new Response(body, { ...init, headers: { date: new Date(s.now).toUTCString(), ...headers } })
}

/** From now on every answer is an error page of this status. */
export function failWith(s: Scene, code: number): void {
  s.github.respond(/^/, dated(s, '<html>Unicorn!</html>', { status: code, headers: { 'content-type': 'text/html' } }))
}

/** Nothing of this path is at `to`, or can be had from others, once all that was said has come. */
export async function keptFrom(to: Member, from: Member, path: string, init: Init = {}) {
  await heard(from, to)
  expect((await to.ask(path, { ...init, cache: 'only-if-cached' })).status, path).to.equal(504)
  expect(await to.peek(path, init), path).to.equal(undefined)
}
