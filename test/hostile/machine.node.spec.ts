import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { createMesh, libp2pTransport, type MeshOptions, memoryTransport } from 'ghmesh'
import { secret, world } from './world.ts'

describe('a machine that is not as it should be', () => {
  const here = world()
  const path = '/repos/octocat/hello-world/issues/7'
  const folder = () => mkdtempSync(join(here.folder, 'machine-'))
  const onDisk = (cacheDir: string): MeshOptions => ({ cacheDir, store: undefined })

  it('a registry full of rubbish: the one good record is found, the rest is left alone', async () => {
    const peersDir = folder()
    const other = await here.member({ name: 'other' })
    const id = other.peerId as string
    const record = { peer_id: id, runner_name: 'other', multiaddr: `/memory/p2p/${id}`, last_seen: Date.now() / 1000 }
    const rubbish: Record<string, string | Uint8Array> = {
      'peer_empty.json': '',
      'peer_cut.json': JSON.stringify(record).slice(0, -5),
      'peer_list.json': '[]',
      'peer_null.json': 'null',
      'peer_deep.json': '['.repeat(100_000),
      'peer_bytes.json': new Uint8Array(10_000).fill(0xff),
      'peer_large.json': `{"peer_id":"${'x'.repeat(2 ** 21)}"}`,
      'peer_types.json': '{"peer_id":1,"multiaddr":{},"last_seen":"now","runner_name":[]}',
      'peer_evil.json': JSON.stringify({ ...record, peer_id: '../../x', multiaddr: '/ip4/1.2.3.4/tcp/1/p2p/../../x' }),
      'notes.txt': 'not ours'
    }
    for (const [name, content] of Object.entries(rubbish)) writeFileSync(join(peersDir, name), content)
    mkdirSync(join(peersDir, 'peer_folder.json'))
    const discovery = undefined // the default: the folder
    await here.member({
      name: 'other-in-folder',
      peersDir,
      discovery,
      transport: memoryTransport(here.hub, { peerId: 'QmPeerOfTheFolder1' })
    })
    const mesh = await here.member({
      peersDir,
      discovery,
      transport: memoryTransport(here.hub, { peerId: 'QmPeerOfTheTest111' })
    })
    const joined = new Promise((resolve) => mesh.addEventListener('peer:connect', resolve))
    if (mesh.peers().length === 0) await joined
    await here.answered(mesh, path)
    for (const [name, content] of Object.entries(rubbish))
      expect(readFileSync(join(peersDir, name)).equals(Buffer.from(content)), name).to.equal(true)
  })

  // README: "If members, the disk or discovery fail"
  it('a registry that cannot be used: one warning, and fetches are answered', async () => {
    const peersDir = join(folder(), 'file')
    writeFileSync(peersDir, 'not a folder')
    const mesh = await here.member({ peersDir, discovery: undefined, limits: { dialMs: 10 } })
    const warned = new Promise((resolve) => mesh.addEventListener('warning', resolve))
    if (here.log.length === 0) await warned
    await here.answered(mesh, path)
    expect(here.log.filter((line) => line.includes(peersDir))).to.have.length(1)
  })

  for (const [name, damage] of Object.entries({
    text: () => Buffer.from('this is no database\n'.repeat(500)),
    zeroes: () => new Uint8Array(20_000),
    'a database cut in the middle': (good: Buffer) => good.subarray(0, good.length / 2),
    'a database with flipped bytes': (good: Buffer) =>
      good.map((byte, i) => (i % 7 === 0 && i > 100 ? byte ^ 0x55 : byte))
  })) {
    // README: "If members, the disk or discovery fail"
    it(`cache.db is ${name}: fetches are answered, and the old file is kept`, async () => {
      const cacheDir = folder()
      const first = await here.member(onDisk(cacheDir))
      await here.answered(first, path)
      await first.stop()
      const file = join(cacheDir, 'cache.db')
      const bad = Uint8Array.from(damage(readFileSync(file)))
      for (const suffix of ['-wal', '-shm'])
        if (readdirSync(cacheDir).includes(`cache.db${suffix}`)) writeFileSync(file + suffix, '')
      writeFileSync(file, bad)
      here.log.length = 0
      const second = await here.member(onDisk(cacheDir))
      await here.answered(second, path, 'either')
      await here.answered(second, '/repos/octocat/hello-world/issues/8')
      await here.answered(second, '/repos/octocat/hello-world/issues/8', 'cache')
      const kept = readdirSync(cacheDir).filter((entry) => /^cache\.db\.damaged-\d+$/.test(entry))
      expect(kept).to.have.length(1)
      expect(readFileSync(join(cacheDir, kept[0] as string)).equals(Buffer.from(bad))).to.equal(true)
      expect(here.log.filter((line) => line.includes('damaged-'))).to.have.length(1)
    })
  }

  for (const [name, make] of Object.entries({
    'is a file': () => {
      const file = join(folder(), 'file')
      writeFileSync(file, '')
      return file
    },
    'lies below a file': () => {
      const file = join(folder(), 'file')
      writeFileSync(file, '')
      return join(file, 'cache')
    },
    'has a folder where the database belongs': () => {
      const cacheDir = folder()
      mkdirSync(join(cacheDir, 'cache.db'))
      return cacheDir
    },
    'may not be written': function readOnly() {
      const cacheDir = folder()
      chmodSync(cacheDir, 0o500)
      return cacheDir
    }
  })) {
    const asRoot = process.getuid?.() === 0 && make.name === 'readOnly'
    it(`cacheDir ${name}: one warning, and the cache works in memory`, async () => {
      if (asRoot) return // root may write everywhere
      const mesh = await here.member(onDisk(make()))
      await here.answered(mesh, path)
      await here.answered(mesh, path, 'cache')
      await here.answered(mesh, '/repos/octocat/hello-world/issues/9')
      expect(here.log).to.have.length(1)
      expect(here.log[0]).to.match(/cannot be used .*(choose another cacheDir)/)
    })
  }

  describe('ports', () => {
    const busy: Server[] = []
    afterEach(() => Promise.all(busy.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))))
    const take = (port: number) =>
      new Promise<boolean>((resolve) => {
        const server = createServer()
        server.once('error', () => resolve(false))
        server.listen({ port, host: '127.0.0.1' }, () => {
          busy.push(server)
          resolve(true)
        })
      })
    /** Twenty ports in a row that were free a moment ago. */
    async function row(count: number): Promise<number> {
      for (let first = 21_000 + Math.floor(Math.random() * 9000); ; first += 50) {
        const taken = []
        for (let i = 0; i < 20; i++) taken.push(await take(first + i))
        const all = taken.every(Boolean)
        const unwanted = busy.splice(all ? count : 0)
        await Promise.all(unwanted.map((server) => new Promise((resolve) => server.close(resolve))))
        if (all) return first
      }
    }

    // README: "`CACHE_LISTEN_PORT`"
    it('a busy one: the next free is taken, with a warning that says so', async () => {
      const listenPort = await row(2)
      expect(await take(listenPort + 1002)).to.equal(true)
      const mesh = await here.member({ listenPort, forceLocalhost: true, transport: undefined })
      expect(mesh.addresses[0]).to.include(`/tcp/${listenPort + 2}/`)
      expect(mesh.addresses[1])
        .to.match(/\/tcp\/\d+\/ws\//)
        .and.not.include(`/tcp/${listenPort + 1002}/`)
      expect(here.log).to.deep.equal([
        `ghmesh: port ${listenPort} is busy; listening on ${listenPort + 2}. Choose another with CACHE_LISTEN_PORT or listenPort`
      ])
      await here.answered(mesh, path)
    })

    // README: "`CACHE_LISTEN_PORT`"
    it('all of them: ERR_TRANSPORT that says what to do', async () => {
      const listenPort = await row(20)
      const options = {
        secret,
        listenPort,
        forceLocalhost: true,
        cacheDir: folder(),
        token: 'sim-token-alice',
        discovery: []
      }
      const error = await createMesh(options).then(
        (mesh) => mesh.stop().then(() => undefined),
        (cause) => cause
      )
      expect(error).to.include({ name: 'MeshError', code: 'ERR_TRANSPORT' })
      expect(error.message).to.match(/choose another listenPort, or 0/)
    })

    it('a transport that has failed can be stopped', async () => {
      const transport = libp2pTransport({ listenPort: await row(20), forceLocalhost: true })
      const nothing = { message: async () => 'ignore' as const, async *request() {}, connect() {}, disconnect() {} }
      expect(await transport.start(['x'], nothing).catch(({ code }) => code)).to.equal('ERR_TRANSPORT')
      await transport.stop()
    })
  })
})
