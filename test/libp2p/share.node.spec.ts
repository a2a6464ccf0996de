import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { next } from '../support/events.ts'
import { connected, members } from './members.ts'

describe('members over libp2p', () => {
  const here = members()
  let number = 0
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`

  // README: "A `fetch` for GitHub's API"
  it('share what one has fetched: announced with its body', async () => {
    const a = await here.member()
    const b = await here.member({}, [a])
    await Promise.all([connected(a, b), connected(b, a)])
    const path = newPath()
    await here.share(path, a, b)
    await here.cached(b, path)
    expect(a.peers()).to.have.length(1)
    expect(a.peers()[0]).to.deep.include({ id: b.peerId, path: 'direct', transport: 'tcp' })
  })

  it('share a body of a megabyte, pulled by who asks', async () => {
    const path = '/repos/octocat/hello-world/languages'
    let seed = 1
    const noise = Array.from({ length: 100_000 }, () => (seed = (seed * 48_271) % 2_147_483_647))
    here.github.setBody(path, { noise })
    const a = await here.member()
    await a.fetch(here.url('/repos/octocat/hello-world')) // says that it is public
    const announced = next(a, 'announced', ({ url }) => url === here.url(path))
    expect((await (await a.fetch(here.url(path))).arrayBuffer()).byteLength).to.be.greaterThan(1e6)
    await announced
    const b = await here.member({}, [a])
    await connected(b, a)
    await here.cached(b, path)
  })

  it('a late joiner learns what there is', async () => {
    const a = await here.member()
    const path = newPath()
    await here.share(path, a)
    const late = await here.member({}, [a])
    await connected(late, a)
    await here.cached(late, path)
    const later = await here.member({}, [late]) // knows only who learnt it
    await connected(later, late)
    await here.cached(later, path)
  })

  it('in a line: gossip passes through the one in the middle', async () => {
    // In the rounds that follow, they would try one another.
    const one = { limits: { wantedMembers: 1, dialMs: 3_600_000 } }
    const b = await here.member(one)
    const a = await here.member(one, [b])
    const c = await here.member(one, [b])
    await Promise.all([connected(b, a, c), connected(a, b), connected(c, b)])
    expect(c.peers().map(({ id }) => id)).to.deep.equal([b.peerId])
    const path = newPath()
    await here.share(path, a, b, c)
    await here.cached(c, path)
  })

  it('members tell each other of members: two that know a third are soon connected', async () => {
    const quick = { limits: { presenceMs: 200 } }
    const a = await here.member(quick)
    const b = await here.member(quick, [a])
    const c = await here.member(quick, [a])
    await Promise.all([connected(b, c), connected(c, b)])
    await a.stop()
    const path = newPath()
    await here.share(path, b, c)
    await here.cached(c, path)
  })

  it('twenty of them all receive every announcement [long]', async () => {
    const some = { limits: { wantedMembers: 4 } }
    const first = await here.member(some)
    const others = await Promise.all(Array.from({ length: 19 }, () => here.member(some, [first])))
    await connected(first, ...others)
    await Promise.all(others.map((mesh) => connected(mesh, first)))
    for (const from of [first, others[3], others[18]]) {
      if (from) await here.share(newPath(), from, ...[first, ...others].filter((mesh) => mesh !== from))
    }
  })

  it('over WebSockets only', async () => {
    const a = await here.member()
    const socket = a.addresses.find((address) => address.includes('/ws/'))
    const b = await here.member({}, [socket as string])
    await Promise.all([connected(a, b), connected(b, a)])
    expect(b.peers()[0]?.transport).to.equal('websocket')
    const path = newPath()
    await here.share(path, a, b)
    await here.cached(b, path)
  })

  // README: "`CACHE_P2P_SHARED_SECRET`, `GHMESH_SECRET`"
  it("that rotate their secret understand each other in both orders, and who has only the old one gets the old one's", async () => {
    const [older, newer] = [createSecret(), createSecret()]
    const a = await here.member({ secret: [older, newer] })
    const b = await here.member({ secret: [newer, older] }, [a])
    await Promise.all([connected(a, b), connected(b, a)])
    const [one, two] = [newPath(), newPath()]
    await here.share(one, a, b)
    await here.cached(b, one)
    await here.share(two, b, a)
    await here.cached(a, two)
    const removed = await here.member({ secret: older }, [a])
    await Promise.all([connected(a, removed), connected(removed, a)])
    await here.share(newPath(), a, b, removed)
    const heard: string[] = []
    removed.addEventListener('received', ({ detail }) => {
      if (detail.url.startsWith('http')) heard.push(detail.url)
    })
    const [four, five] = [newPath(), newPath()]
    await here.share(four, b, a)
    await here.share(five, a, removed)
    expect(heard).to.deep.equal([here.url(five)])
  })

  // README: "A `fetch` for GitHub's API"
  it('with another secret find nothing in each other', async () => {
    const a = await here.member({ limits: { proofMs: 200 } })
    const path = newPath()
    await here.share(path, a)
    const stranger = await here.member({ secret: createSecret(), limits: { proofMs: 200 } }, [a])
    const response = await stranger.fetch(here.url(path))
    expect(response.headers.get('cache-status')).to.include('fwd=uri-miss')
    expect([a.peers(), stranger.peers()]).to.deep.equal([[], []])
  })
})
