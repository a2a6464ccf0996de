import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect } from 'chai'
import { createMesh, createSecret, type Discovery, type Mesh, memoryStore, type PeerRecord } from 'ghmesh'
import { next } from '../support/events.ts'

/** A well-formed Ed25519 peer id of nobody: base58 of its multihash. */
function peerIdOf(n: number): string {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const bytes = [0x24, 0x08, 0x01, 0x12, 0x20, ...Array(30).fill(1), n >> 8, n & 255]
  let text = ''
  for (let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); rest > 0n; rest /= 58n)
    text = (letters[Number(rest % 58n)] as string) + text
  return `1${text}`
}

/** Of `Limits`. */
const defaultDialsAtOnce = 8

describe('addresses that somebody made up', () => {
  const secret = createSecret()
  const made: Mesh[] = []
  afterEach(() => Promise.all(made.splice(0).map((mesh) => mesh.stop())))

  it('a thousand addresses of a stranger cost an allowance of dials, and keep members from nobody', async () => {
    let dials = 0
    const target = createServer((socket) => {
      dials++
      socket.destroy()
    })
      .unref()
      .listen(0, '127.0.0.1')
    await once(target, 'listening')
    const { port } = target.address() as AddressInfo
    const strangers = Array.from({ length: 1000 }, (_, n) => {
      const id = peerIdOf(n)
      return {
        peerId: id,
        name: `stranger-${n}`,
        lastSeen: Date.now(),
        addresses: [`/ip4/127.0.0.1/tcp/${port}/p2p/${id}`]
      }
    })
    const dialled = once(target, 'connection')
    const registry = (strangers: PeerRecord[], real: PeerRecord): Discovery => ({
      name: 'registry',
      async start(found) {
        for (const one of strangers) found(one)
        void dialled.then(() => found(real))
      },
      async announce() {},
      async stop() {}
    })
    const join = async (discovery: Discovery[]) => {
      const mesh = await createMesh({
        secret,
        apiUrl: 'http://127.0.0.1:1',
        listenPort: 0,
        forceLocalhost: true,
        store: memoryStore(),
        cacheDir: '/dev/null/none',
        discovery,
        limits: { dialMs: 50, dialsBurst: 20, dialsPerSecond: 200 }
      })
      made.push(mesh)
      return mesh
    }
    const a = await join([])
    const real = { peerId: a.peerId as string, name: 'a', addresses: a.addresses, lastSeen: Date.now() }
    const b = await join([registry(strangers, real)])
    if (b.peers().length === 0) await next(b, 'peer:connect')
    target.close()
    // Nobody has a second turn before everybody had a first, but for the few while the last of them is under way.
    expect(dials).to.be.within(1, 1000 + 2 * defaultDialsAtOnce)
  })
})
