import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createMesh, createSecret, type Mesh, type MeshOptions, memoryStore, staticPeers } from 'ghmesh'
import { next } from '../support/events.ts'

/** Resolves when a member is connected to another. */
export async function connected(mesh: Mesh, ...others: Mesh[]): Promise<void> {
  for (const { peerId } of others) {
    if (!mesh.peers().some(({ id }) => id === peerId)) await next(mesh, 'peer:connect', ({ id }) => id === peerId)
  }
}

/** Members over libp2p on loopback, and a simulated GitHub, for one file of tests. */
export function members() {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-libp2p-'))
  const secret = createSecret()
  const open: Mesh[] = []
  const log: string[] = []
  let github: GitHub
  const variables = { ...process.env }
  before(async () => {
    delete process.env.CI // whose jobs have a new identity each
    github = await startGitHub({ secondaryLimits: false })
  })
  beforeEach(() => {
    log.length = 0
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
    github.clearCalls()
  })
  after(async () => {
    await github.stop()
    if (variables.CI !== undefined) process.env.CI = variables.CI
    rmSync(folder, { recursive: true, force: true })
  })
  const self = {
    folder,
    secret,
    log,
    newFolder: () => mkdtempSync(join(folder, 'member-')),
    get github() {
      return github
    },
    async member(options: MeshOptions = {}, knows: (Mesh | string)[] = []): Promise<Mesh> {
      const addresses = knows.map((known) => (typeof known === 'string' ? known : (known.addresses[0] as string)))
      const mesh = await createMesh({
        secret,
        token: 'sim-token-alice',
        apiUrl: github.url,
        cacheDir: self.newFolder(),
        store: memoryStore(),
        listenPort: 0,
        forceLocalhost: true,
        discovery: addresses.length > 0 ? [staticPeers(addresses)] : [],
        logger: { ...console, warn: (line: string) => void log.push(line) },
        ...options,
        // A slow machine is no reason to ask GitHub.
        limits: { dialMs: 100, membersBudgetMs: 20_000, ...options.limits }
      })
      open.push(mesh)
      return mesh
    },
    url: (path: string) => github.url + path,
    /** Says something again and again until all have heard it: who has just connected may not know all topics yet. */
    async gossips(from: Mesh, ...to: Mesh[]): Promise<void> {
      const name = `hello ${crypto.randomUUID()}`
      let heard = to.length === 0
      const all = Promise.all(to.map((mesh) => next(mesh, 'received', ({ url }) => url === name))).then(() => {
        heard = true
      })
      for (let i = 0; !heard; i++) {
        await from.set(name, i)
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      if (to.length > 0) await all
    },
    /** Fetches with one member, and waits until it has told the others, and they have the body. */
    async share(path: string, from: Mesh, ...to: Mesh[]): Promise<void> {
      await self.gossips(from, ...to)
      // Says that it is public: with nobody connected it is not looked up.
      await (await from.fetch(self.url('/repos/octocat/hello-world'))).arrayBuffer()
      const told = next(from, 'announced', ({ url }) => url === self.url(path))
      const received = to.map((mesh) => next(mesh, 'received', ({ url }) => url === self.url(path)))
      expect((await from.fetch(self.url(path))).status).to.equal(200)
      await Promise.all([told, ...received])
    },
    /** What a member answers without a call. */
    async cached(mesh: Mesh, path: string): Promise<void> {
      const calls = github.count()
      const response = await mesh.fetch(self.url(path))
      expect(response.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
      await response.json()
      expect(github.count()).to.equal(calls)
    }
  }
  return self
}
