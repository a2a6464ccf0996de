import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createMesh, createSecret, type Mesh, type MeshOptions, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { utf8 } from '../../packages/core/src/bytes.ts'
import { canonicalUrl, keyOf } from '../../packages/core/src/github/key.ts'
import { type Group, openGroup } from '../../packages/core/src/group/group.ts'
import { packEnvelope, unpackEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import {
  type Answer,
  decodeAnswer,
  decodeGossip,
  decodeQuestion,
  type EntryHead,
  encodeAnswer,
  encodeGossip,
  encodeQuestion,
  type Gossip,
  type Question
} from '../../packages/core/src/protocol/wire.ts'
import { next } from '../support/events.ts'
import { headOf } from './entry-head.ts'

export const dayMs = 86_400_000
export const secret = createSecret()

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** A simulated GitHub, honest members in one process, and what the tests of a file share; all stops with the file. */
export function world() {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-hostile-'))
  const open: { stop(): Promise<unknown> }[] = []
  const log: string[] = []
  let github: GitHub
  let hub = memoryHub()
  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  beforeEach(() => {
    hub = memoryHub()
    log.length = 0
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.stop()))
  })
  after(async () => {
    await github.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const self = {
    folder,
    /** Warnings of members. */
    log,
    get github() {
      return github
    },
    get hub() {
      return hub
    },
    /** Stops with the test. */
    later<T extends { stop(): Promise<unknown> }>(one: T): T {
      open.push(one)
      return one
    },
    async member(options: MeshOptions = {}): Promise<Mesh> {
      const mesh = await createMesh({
        secret,
        token: 'sim-token-alice',
        apiUrl: github.url,
        name: 'honest',
        cacheDir: folder,
        store: memoryStore(),
        transport: memoryTransport(hub),
        discovery: [],
        logger: { ...console, warn: (line: string) => void log.push(line) },
        ...options
      })
      return self.later(mesh)
    },
    attacker: async (how?: { secret?: string; peerId?: string }) => self.later(await createAttacker(self, how)),
    /** What a member answers its caller must be GitHub's own. */
    async answered(mesh: Mesh, path: string, from: 'github' | 'cache' | 'either' = 'github'): Promise<Response> {
      const response = await mesh.fetch(github.url + path)
      const text = await response.clone().text()
      expect(response.status, text).to.equal(200)
      expect(text).to.not.include('forged')
      if (from !== 'either')
        expect(/; fwd=/.test(response.headers.get('cache-status') ?? '')).to.equal(from === 'github')
      return response
    }
  }
  return self
}

export type World = ReturnType<typeof world>
export type Attacker = Awaited<ReturnType<typeof createAttacker>>
export type Told = { head: EntryHead; wireKey: Uint8Array; body: Uint8Array<ArrayBuffer> }

async function* none() {
  yield encodeAnswer({ type: 'none' })
}

/** Somebody who speaks the wire as it likes; with the group's secret, a dishonest member. */
async function createAttacker(given: Pick<World, 'github' | 'hub'>, how: { secret?: string; peerId?: string } = {}) {
  const { hub, github } = given
  const transport = memoryTransport(hub, how.peerId === undefined ? {} : { peerId: how.peerId })
  const group: Group = await openGroup(how.secret ?? secret, Date.now, dayMs)
  const parted: (() => void)[] = []
  const peerId = transport.peerId

  const attacker = {
    transport,
    group,
    peerId,
    stop: () => transport.stop(),
    /** The frames of its answer to `get`; replaced by tests. */
    answer: none as (question: Question & { type: 'get' }, signal?: AbortSignal) => AsyncIterable<Uint8Array>,
    /** What it answers to `proof`; replaced by tests. */
    proof: () => group.proofFor(peerId),
    /** Hears each question that it is asked; replaced by tests. */
    heard: (_question: Question): unknown => undefined,
    /** Hears each message of gossip; replaced by tests. */
    gossiped: (_message: Gossip): unknown => undefined,
    /** What it answers to `list`. */
    keys: [] as [Uint8Array, Uint8Array, number][],
    /** Connected, and for a member proven. */
    async join(mesh: Mesh): Promise<void> {
      const joined = next(mesh, 'peer:connect', ({ id }) => id === peerId)
      await transport.dial(mesh.addresses[0] as string)
      await joined
    },
    /** Resolves when the other side closes the connection. */
    dropped: () => new Promise<void>((resolve) => parted.push(resolve)),
    /** A gossip message as it travels; bytes are sealed as they are. */
    async seal(
      message: Gossip | Uint8Array,
      envelope: { proof?: Uint8Array; sender?: string } = {}
    ): Promise<Uint8Array> {
      const { sender = peerId, proof = await group.proofFor(sender) } = envelope
      const bytes = message instanceof Uint8Array ? message : encodeGossip(message)
      return packEnvelope({ proof, sealed: await group.sealGossip(bytes, sender) })
    },
    /** Hands bytes to a member as gossip; resolves to its verdict. */
    async tell(mesh: Mesh, message: Gossip | Uint8Array, through = peerId) {
      const bytes = message instanceof Uint8Array ? message : await attacker.seal(message)
      return hub.nodes.get(mesh.peerId as string)?.handlers.message(peerId, bytes, through)
    },
    async ask(mesh: Mesh, question: Question | Uint8Array): Promise<(Answer | undefined)[]> {
      const bytes = question instanceof Uint8Array ? question : encodeQuestion(question)
      return (await collect(transport.request(mesh.peerId as string, bytes))).map(decodeAnswer)
    },
    /** An entry of its own making. */
    async forge(path: string, content: string | Uint8Array<ArrayBuffer>, over: Partial<EntryHead> = {}): Promise<Told> {
      const body = typeof content === 'string' ? utf8(content) : content
      const head = { ...(await headOf(canonicalUrl(new URL(path, `${github.url}/`)), body)), ...over }
      return { head, wireKey: await group.wireKey(await keyOf(head)), body }
    }
  }
  await transport.start([group.topic], {
    async message(from, bytes) {
      const envelope = unpackEnvelope(bytes)
      const opened = typeof envelope === 'object' ? await group.openGossip(envelope.sealed, from) : undefined
      const gossip = opened && decodeGossip(opened.bytes)
      if (gossip) attacker.gossiped(gossip)
      return 'accept'
    },
    async *request(_from, bytes, { signal }) {
      const question = decodeQuestion(bytes)
      if (question) attacker.heard(question)
      if (question?.type === 'lease') yield encodeAnswer({ type: 'ok' })
      else if (question?.type === 'proof') yield encodeAnswer({ type: 'proof', proof: await attacker.proof() })
      else if (question?.type === 'list') yield encodeAnswer({ type: 'keys', items: attacker.keys })
      else if (question?.type === 'get') yield* attacker.answer(question, signal)
    },
    connect() {},
    disconnect() {
      for (const resolve of parted.splice(0)) resolve()
    }
  })
  return attacker
}

/** An announcement of a forged entry; the body, deflated, is what the caller says. */
export const announce = ({ head, wireKey }: Told, body?: Uint8Array): Gossip => ({
  type: 'announce',
  sentAt: Date.now(),
  key: wireKey,
  entry: head,
  body
})

export type Presence = Gossip & { type: 'presence' }

/** What a member says of itself, in its shortest form. */
export const presence = (over: Partial<Presence> = {}): Presence => ({
  type: 'presence',
  sentAt: Date.now(),
  name: 'liar',
  version: '0',
  stats: {},
  addresses: [],
  ...over
})
