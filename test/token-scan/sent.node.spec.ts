import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import {
  createMesh,
  createSecret,
  type Discovery,
  libp2pTransport,
  type Mesh,
  type MeshOptions,
  memoryHub,
  memoryStore,
  memoryTransport,
  type Store,
  type Transport
} from 'ghmesh'
import { openGroup } from '../../packages/core/src/group/group.ts'
import { inflate } from '../../packages/core/src/protocol/compress.ts'
import { unpackEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import { decodeAnswer, decodeGossip } from '../../packages/core/src/protocol/wire.ts'
import { connected } from '../libp2p/members.ts'
import { next } from '../support/events.ts'
import { found, longToken, tokens } from './tokens.ts'

const secret = createSecret()
const hub = memoryHub()
const transports: Record<string, () => Transport> = {
  memory: () => memoryTransport(hub),
  libp2p: () => libp2pTransport({ listenPort: 0, forceLocalhost: true })
}

const knows = ({ peerId = '', addresses }: Mesh): Discovery => ({
  name: 'test',
  start: async (found) => found({ peerId, addresses, name: 'known', lastSeen: Date.now() }),
  announce: async () => {},
  stop: async () => {}
})

describe('no token, nor what is bound to one, is sent, stored or logged', () => {
  let github: GitHub
  const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-scan-'))
  const open: Mesh[] = []
  const stop = () => Promise.all(open.splice(0).map((mesh) => mesh.stop()))
  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  // A test that waits in vain never comes to its own end, and its members would keep the run from ending.
  afterEach(stop)
  after(async () => {
    await github.stop()
    rmSync(cacheDir, { recursive: true, force: true })
  })

  for (const [name, newTransport] of Object.entries(transports)) {
    // README: "Tokens stay home."
    // README: "No token is stored,"
    // README: "ghmesh shares responses, never tokens"
    // README: "`GH_TOKEN`"
    it(`over ${name}`, async () => {
      const seen = { sent: [] as Uint8Array[], stored: [] as Uint8Array[], logged: [] as Uint8Array[] }
      const kinds = new Set<string>()
      const etags = new Set<string>()
      const work: Promise<unknown>[] = []
      const group = await openGroup(secret, Date.now, 86_400_000)
      const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

      /** Gossip is looked at as sent, opened, and with its body unpacked. */
      async function gossip(message: Uint8Array, from: string): Promise<void> {
        seen.sent.push(message)
        const envelope = unpackEnvelope(message)
        const opened = typeof envelope === 'string' ? undefined : await group.openGossip(envelope.sealed, from)
        const said = opened && decodeGossip(opened.bytes)
        expect(said, 'a message that cannot be opened').to.not.equal(undefined)
        seen.sent.push((opened as { bytes: Uint8Array }).bytes)
        if (said) kinds.add(said.type)
        const size = said?.type === 'announce' ? said.entry.size : said?.type === 'value' ? said.value.size : 0
        const body = said && 'body' in said && said.body ? await inflate(Uint8Array.from(said.body), size) : undefined
        if (body) seen.sent.push(body)
      }
      /** An answer as sent, and with its body unpacked. */
      async function answer(frames: Uint8Array[]): Promise<void> {
        seen.sent.push(...frames)
        const head = frames[0] && decodeAnswer(frames[0])
        kinds.add(`answer ${head?.type}`)
        if (head?.type !== 'entry' || head.encoding !== 'deflate-raw') return
        const packed = Uint8Array.from(Buffer.concat(frames.slice(1)))
        if (packed.byteLength < head.length) return // the asker broke off
        const body = await inflate(packed, head.entry.size)
        expect(body?.byteLength).to.equal(head.entry.size)
        seen.sent.push(body as Uint8Array)
      }
      function recorded(transport: Transport): Transport {
        return Object.create(transport, {
          start: {
            value: (topics: string[], handlers: Parameters<Transport['start']>[1]) =>
              transport.start(topics, {
                ...handlers,
                async *request(from, question, options) {
                  const frames: Uint8Array[] = []
                  try {
                    for await (const frame of handlers.request(from, question, options)) {
                      frames.push(frame.slice())
                      yield frame
                    }
                  } finally {
                    work.push(answer(frames))
                  }
                }
              })
          },
          publish: {
            value: (message: Uint8Array) => {
              work.push(gossip(message.slice(), transport.peerId))
              return transport.publish(message)
            }
          },
          request: {
            value: (id: string, question: Uint8Array, options: object) => {
              seen.sent.push(question.slice())
              return transport.request(id, question, options)
            }
          },
          peerId: { get: () => transport.peerId },
          addresses: { get: () => transport.addresses }
        })
      }
      function noted(store: Store): Store {
        return {
          ...store,
          put(key, record, options) {
            seen.stored.push(json([key, record.meta]), record.body.slice())
            return store.put(key, record, options)
          },
          touch(key, meta, options) {
            seen.stored.push(json([key, meta]))
            return store.touch(key, meta, options)
          }
        }
      }
      const note = (...line: unknown[]) => void seen.logged.push(json(line.map(String)))
      async function member(token: string, options: MeshOptions = {}): Promise<Mesh> {
        const fetch: typeof globalThis.fetch = async (input, init) => {
          const response = await globalThis.fetch(input, init)
          const etag = response.headers.get('etag')
          // The id of a git object is the same for everybody.
          if (etag && !/^(?:W\/)?"[\da-f]{40}"$/.test(etag)) etags.add(etag.replace(/^W\/|"/g, ''))
          return response
        }
        const logger = { debug: note, info: note, warn: note, error: note }
        const store = noted(memoryStore())
        const limits = { presenceMs: 50, dialMs: 50 }
        const common: MeshOptions = {
          secret,
          token,
          fetch,
          logger,
          store,
          limits,
          cacheDir,
          apiUrl: github.url,
          share: 'group',
          discovery: []
        }
        const mesh = await createMesh({ ...common, transport: recorded(newTransport()), ...options })
        for (const type of [
          'announced',
          'received',
          'purged',
          'warning',
          'hit',
          'miss',
          'peer-hit',
          'stored',
          'revalidated'
        ] as const)
          mesh.addEventListener(type, ({ detail }) => note(JSON.stringify(detail)))
        open.push(mesh)
        return mesh
      }

      const alice = await member(tokens[0] as string)
      const bob = await member(tokens[1] as string, { discovery: [knows(alice)] })
      await Promise.all([connected(alice, bob), connected(bob, alice)])
      const repository = `${github.url}/repos/octocat/hello-world`
      const paths = ['', '/issues?per_page=5', '/issues/1', '/readme', '/contents/README.md', '/commits', '/git/refs']
      for (const path of paths) {
        for (const mesh of [alice, bob]) expect((await mesh.fetch(repository + path)).status, path).to.equal(200)
        await alice.fetch(repository + path, { cache: 'no-cache' })
        await bob.fetch(repository + path, { headers: { authorization: `Bearer ${tokens[1]}` }, cache: 'reload' })
      }
      for (const path of ['/user', '/repos/octocat/secret-plans', '/repos/octocat/secret-plans/issues', '/nowhere']) {
        await alice.fetch(github.url + path)
        await bob.fetch(github.url + path)
      }
      await alice.set('color', 'blue')
      await alice.purge('octocat/hello-world')
      await alice.fetch(`${repository}/issues/1/comments`, { method: 'POST', body: '{"body":"x"}' })
      const late = await member(tokens[1] as string, { discovery: [knows(alice)] })
      await connected(late, alice)
      await late.fetch(`${repository}/issues/1`)
      await Promise.all([next(alice, 'received'), bob.set('color', 'red')])
      // Two that hold the same token tell each other what it sees.
      github.addToken(longToken, { login: 'alice' })
      const first = await member(longToken)
      const other = await member(longToken, { discovery: [knows(first)] })
      await Promise.all([connected(first, other), connected(other, first)])
      await first.fetch(`${github.url}/user`)
      const taken = await other.fetch(`${github.url}/user`)
      expect(taken.headers.get('cache-status')).to.match(/detail=peer/)
      await stop()
      await Promise.all(work)
      expect([...kinds]).to.include.members([
        'announce',
        'touch',
        'purge',
        'presence',
        'value',
        'answer proof',
        'answer keys'
      ])
      expect(etags.size).to.be.greaterThan(10)
      for (const [where, all] of Object.entries(seen)) {
        expect(all.length, where).to.be.greaterThan(0)
        for (const bytes of all)
          expect(
            [...found(bytes), ...found(bytes, [...etags])],
            `${where}: ${Buffer.from(bytes).toString('latin1').slice(0, 300)}`
          ).to.deep.equal([])
      }
    })
  }
})
