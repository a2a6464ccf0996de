import { expect } from 'chai'
import { type Discovery, filePeers, type Mesh, type PeerRecord } from 'ghmesh'
import { next } from '../support/events.ts'
import { connected, members } from './members.ts'

describe('more members than each is connected to', () => {
  const here = members()
  let number = 0
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`
  const ids = (mesh: Mesh) => mesh.peers().map(({ id }) => id)
  /** Asks again until it is so: nobody tells when another member becomes known. */
  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  /** In the rounds that follow, members would try one another. */
  const oneRound = { wantedMembers: 1, dialMs: 3_600_000 }

  it('are one group: each knows all, and gossip reaches all, over a few connections', async () => {
    const directory = here.newFolder()
    const some = { limits: { wantedMembers: 2, dialMs: 3_600_000, membersAskedMs: 50 } }
    const all = await Promise.all(
      Array.from({ length: 10 }, () => here.member({ ...some, discovery: [filePeers({ directory })] }))
    )
    await until(() => all.every((mesh) => mesh.stats().knownPeers === 9))
    // Two that each has dialled, and one more; with everybody connected to everybody there would be 45.
    expect(all.reduce((sum, mesh) => sum + mesh.peers().length, 0) / 2).to.be.at.most(30)
    const [first, ...others] = all as [Mesh, ...Mesh[]]
    await here.share(newPath(), first, ...others)
  })

  it('a body is fetched from a member that is no neighbour', async () => {
    const path = '/repos/octocat/hello-world/languages'
    let seed = 1
    const noise = Array.from({ length: 20_000 }, () => (seed = (seed * 48_271) % 2_147_483_647))
    here.github.setBody(path, { noise })
    const b = await here.member({ limits: oneRound })
    const a = await here.member({ limits: oneRound }, [b])
    const c = await here.member({ limits: oneRound }, [b])
    await Promise.all([connected(b, a, c), connected(a, b), connected(c, b)])
    await until(() => a.stats().knownPeers === 2)
    await here.gossips(c, a)
    const announced = next(c, 'announced', ({ url }) => url === here.url(path))
    // Without asking others first, for which it would dial one.
    await (await c.fetch(here.url(path), { cache: 'reload' })).arrayBuffer()
    await announced
    await here.gossips(c, a)
    await here.cached(a, path)
    expect(ids(a)).to.have.members([b.peerId, c.peerId])
  })

  it('two halves that have enough members each become one, once one learns of the other', async () => {
    let tell: (record: PeerRecord) => void = () => {}
    const late: Discovery = {
      name: 'late',
      async start(found) {
        tell = found
      },
      async announce() {},
      async stop() {}
    }
    const one = { limits: { wantedMembers: 1 } }
    const b = await here.member(one)
    const a = await here.member({ ...one, discovery: [late] })
    tell({ peerId: b.peerId as string, name: 'b', addresses: b.addresses, lastSeen: Date.now() })
    await connected(a, b)
    const d = await here.member(one)
    const c = await here.member(one, [d])
    await connected(c, d)
    tell({ peerId: c.peerId as string, name: 'c', addresses: c.addresses, lastSeen: Date.now() })
    await connected(a, c)
    await here.share(newPath(), b, a, c, d)
    await here.cached(d, `/repos/octocat/hello-world/issues/${number}`)
  })
})
