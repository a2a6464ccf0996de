import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { repo, scene, status } from './members.ts'

const headers = { 'content-type': 'application/json', 'cache-control': 'private, max-age=3600' }
// Does not shrink to what fits into an announcement.
const large = JSON.stringify(randomBytes(30_000).toString('hex'))

describe('bursts of honest members', () => {
  const s = scene()
  const paths = (n: number) => Array.from({ length: n }, (_, page) => `${repo}/issues?page=${page + 1}`)

  it('a hundred large answers at once come from one member, without a call', async () => {
    const a = await s.member()
    // It mirrors next to nothing by itself; how long a slow machine takes is not what is looked at.
    const b = await s.member({ limits: { listKeys: 1, membersBudgetMs: 20_000 } })
    s.github.respond(/\/issues/, () => new Response(large, { headers }))
    await a.ask(repo) // says that it is public
    await Promise.all(paths(100).map((path) => a.ask(path)))
    expect(a.mesh.stats()).to.include({ apiCallsMade: 101, entries: 101 })
    await s.connect(a, b)
    const calls = s.github.count()
    const how = await Promise.all(paths(100).map(async (path) => status(await b.ask(path))))
    expect(how.filter((one) => one !== 'ghmesh; hit; detail=peer')).to.deep.equal([])
    expect(s.github.count()).to.equal(calls)
  })

  it('a thousand announcements at once all arrive [long]', async () => {
    const now = () => Date.now()
    s.now = now()
    const [a, b] = await s.two({ now, limits: { messagesPerSecond: 1000 } })
    s.github.respond(/\/issues/, () => new Response('[]', { headers: { ...headers, date: new Date().toUTCString() } }))
    let received = 0
    b.mesh.addEventListener('received', ({ detail }) => {
      if (/issues/.test(detail.url)) received++
    })
    await Promise.all(paths(1000).map((path) => a.ask(path)))
    // A busy machine may take its time; what was refused would never come.
    const nothing = () => expect(b.mesh.stats().rejected).to.deep.equal({})
    while (received < 1000) {
      nothing()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    nothing()
  })
})
