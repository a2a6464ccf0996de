import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { heard, next, repo, scene, status } from './members.ts'

// Does not shrink to what fits into an announcement.
const large = `[${JSON.stringify(randomBytes(40_000).toString('hex'))}]`

describe('a group that changes its secret', () => {
  const s = scene()

  it('large answers and values travel between members on both sides of the change', async () => {
    const [before, after] = [createSecret(), createSecret()]
    const old = await s.member({ secret: [before, after] })
    const changed = await s.member({ secret: [after, before] })
    await s.connect(old, changed)
    s.github.respond(`${repo}/issues`, () => new Response(large, { headers: { 'content-type': 'application/json' } }))
    for (const [from, to] of [
      [old, changed],
      [changed, old]
    ] as const) {
      for (let n = 0; n < 25; n++) {
        const received = next(to, 'received', `page=${n}`)
        const url = `${repo}/issues?from=${from === old}&page=${n}`
        await from.ask(url, { headers: { 'cache-control': 'x' } })
        await received
        expect(status(await to.ask(url))).to.equal('ghmesh; hit; detail=peer')
        s.now += 100
      }
      await from.mesh.set('large', large.slice(0, 60_000))
      await heard(from, to)
      expect(await to.mesh.get('large')).to.equal(large.slice(0, 60_000))
    }
    for (const { mesh } of [old, changed]) expect(mesh.stats()).to.deep.include({ rejected: {}, connectedPeers: 1 })
  })
})
