import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { filePeers, filesystemStore, libp2pTransport, type Mesh } from 'ghmesh'
import { next } from '../support/events.ts'
import { connected, members } from './members.ts'

describe('a member over libp2p', () => {
  const here = members()
  let number = 20
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`

  it('has a peer id of its folder, which a second one at the same time does not get', async () => {
    const cacheDir = here.newFolder()
    const first = await here.member({ cacheDir })
    const id = first.peerId
    const second = await here.member({ cacheDir })
    expect(second.peerId)
      .to.match(/^12D3Koo\w+$/)
      .and.not.equal(id)
    await first.stop()
    const third = await here.member({ cacheDir })
    expect(third.peerId).to.equal(id)
  })

  it('gets one of its own in another process, and under CI', async () => {
    const cacheDir = here.newFolder()
    const mesh = await here.member({ cacheDir })
    const script = `import { createMesh } from 'ghmesh'
      const mesh = await createMesh({ secret: 'x', cacheDir: process.argv[1], token: 'x', discovery: [], listenPort: 0, forceLocalhost: true, logger: { ...console, warn() {} } })
      console.log(mesh.peerId)
      await mesh.stop()`
    const idElsewhere = async (env: NodeJS.ProcessEnv) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, cacheDir], {
        cwd: import.meta.dirname,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit']
      })
      const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      expect(code).to.equal(0)
      return said.trim()
    }
    const other = await idElsewhere({ CI: '' })
    expect(other)
      .to.match(/^12D3Koo\w+$/)
      .and.not.equal(mesh.peerId)
    const id = mesh.peerId
    await mesh.stop()
    const [alone, inCi] = await Promise.all([idElsewhere({ CI: '' }), idElsewhere({ CI: 'true' })])
    expect(alone).to.equal(id)
    expect(inCi)
      .to.match(/^12D3Koo\w+$/)
      .and.not.equal(id)
  })

  // README: "`IPFS_ACCELERATE_P2P_FORCE_LOCALHOST`"
  it('listens on loopback only when told to, on TCP and WebSocket, and says where', async () => {
    const mesh = await here.member()
    expect(mesh.addresses).to.have.length(2)
    const [tcp, socket] = mesh.addresses
    expect(tcp).to.match(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${mesh.peerId}$`))
    expect(socket).to.match(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/ws/p2p/${mesh.peerId}$`))
    const { networkInterfaces } = await import('node:os')
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4')
    if (!outside) return
    const stranger = libp2pTransport({ listenPort: 0, forceLocalhost: true })
    await stranger.start(['x'], { message: async () => 'ignore', async *request() {}, connect() {}, disconnect() {} })
    const code = await stranger.dial((tcp as string).replace('127.0.0.1', outside.address)).catch((error) => error.code)
    await stranger.stop()
    expect(code).to.equal('ERR_TRANSPORT')
  })

  it('waits for no proof any more once it has stopped', async () => {
    const met = Promise.withResolvers<void>()
    const stranger = libp2pTransport({ listenPort: 0, forceLocalhost: true })
    const silent = { message: async () => 'ignore' as const, async *request() {}, disconnect() {} }
    await stranger.start(['x'], { ...silent, connect: () => met.resolve() })
    const script = `import { createMesh } from 'ghmesh'
      const mesh = await createMesh({ secret: 'x', cacheDir: process.argv[1], token: 'x', bootstrap: [process.argv[2]], listenPort: 0, forceLocalhost: true, limits: { proofMs: 60_000 }, logger: { ...console, warn() {} } })
      process.once('message', async () => {
        await mesh.stop()
        process.disconnect()
      })`
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', script, here.newFolder(), stranger.addresses[0] as string],
      { cwd: import.meta.dirname, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }
    )
    await met.promise
    child.send('stop')
    const [code] = await once(child, 'exit')
    await stranger.stop()
    expect(code).to.equal(0)
  })

  it('still says who it was after it has stopped', async () => {
    const mesh = await here.member()
    const { peerId } = mesh
    await mesh.stop()
    await mesh.stop()
    expect(mesh.stats().peerId).to.equal(peerId)
    expect([mesh.peerId, mesh.addresses, mesh.peers()]).to.deep.equal([peerId, [], []])
    expect(await mesh.fetch(here.github.url).catch(({ code }) => code)).to.equal('ERR_STOPPED')
  })

  // README: "`RUNNER_NAME`"
  it('is called like its host, unless it is told another name', async () => {
    const a = await here.member()
    const b = await here.member({ name: 'another' }, [a])
    await Promise.all([connected(a, b), connected(b, a)])
    const nameOf = (mesh: Mesh, { peerId }: Mesh) => mesh.peers().find(({ id }) => id === peerId)?.name
    while (nameOf(a, b) === undefined || nameOf(b, a) === undefined) await here.gossips(a, b)
    expect([nameOf(b, a), nameOf(a, b)]).to.deep.equal([hostname(), 'another'])
  })

  // README: "`IPFS_ACCELERATE_PUBLIC_IP`"
  it('tells the address it is told to tell', async () => {
    const mesh = await here.member({ forceLocalhost: false, mdns: false, announceIp: '192.0.2.7' })
    for (const address of mesh.addresses) expect(address).to.match(/^\/ip4\/192\.0\.2\.7\/tcp\//)
  })

  it('is found again after a restart, with the same peer id, wherever its addresses are known', async () => {
    const cacheDir = here.newFolder()
    const options = { cacheDir, store: undefined }
    const a = await here.member(options)
    const [address = ''] = a.addresses
    const listenPort = Number(/\/tcp\/(\d+)\//.exec(address)?.[1])
    const b = await here.member({}, [a])
    await Promise.all([connected(a, b), connected(b, a)])
    await here.share(newPath(), a, b)
    const id = a.peerId
    const gone = next(b, 'peer:disconnect', (peer) => peer.id === id)
    await a.stop()
    await gone
    const again = await here.member({ ...options, listenPort })
    expect(again.peerId).to.equal(id)
    expect(again.addresses[0]).to.equal(address)
    await Promise.all([connected(b, again), connected(again, b)])
    const path = newPath()
    await here.share(path, b, again)
    await here.cached(again, path)
  })

  it('keeps its entries on disk over a restart, and gives them to others', async () => {
    const cacheDir = here.newFolder()
    const path = newPath()
    const options = () => ({ cacheDir, store: filesystemStore({ directory: cacheDir }) })
    const before = await here.member(options())
    await here.share(path, before)
    await before.stop()
    const after = await here.member(options())
    const joined = await here.member({}, [after])
    await connected(joined, after)
    await here.cached(joined, path)
  })

  // README: "`IPFS_ACCELERATE_P2P_CACHE_DIR`"
  // README: "`CACHE_BOOTSTRAP_PEERS`"
  it('is found in a folder, and by the addresses that it is given', async () => {
    const peersDir = join(here.newFolder(), 'peers')
    const discovery = () => ({ discovery: [filePeers({ directory: peersDir })] })
    const [a, b] = [await here.member({ ...discovery(), name: 'a' }), await here.member({ ...discovery(), name: 'b' })]
    await Promise.all([connected(a, b), connected(b, a)])
    const byDefault = await here.member({ discovery: undefined, peersDir, name: 'c' })
    await connected(byDefault, a, b)
    const byAddress = await here.member({ discovery: undefined, bootstrap: [a.addresses[0] as string] })
    await connected(byAddress, a)
    const path = newPath()
    await here.share(path, byAddress, a, b, byDefault)
    expect(b.peers().map(({ name }) => name)).to.include.oneOf(['a', undefined])
  })

  it('that dials while it is dialled, and loses one of two connections, still hears gossip', async () => {
    const [a, b] = await linked()
    const path = newPath()
    await here.share(path, a, b)
    await here.share(newPath(), b, a)
    const c = await here.member({}, [a, b])
    await connected(c, a, b)
    await here.share(newPath(), c, a, b)
    await here.share(newPath(), a, b, c)
  })

  /** Two that know each other's address before they start, so that both dial. */
  async function linked(): Promise<[Mesh, Mesh]> {
    const peersDir = here.newFolder()
    const both = await Promise.all(
      ['x', 'y'].map((name) =>
        here.member({ name, discovery: [filePeers({ directory: peersDir, pollMs: 20 })], limits: { dialMs: 50 } })
      )
    )
    const [a, b] = both as [Mesh, Mesh]
    await Promise.all([connected(a, b), connected(b, a)])
    return [a, b]
  }
})
