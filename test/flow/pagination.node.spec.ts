import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { alice, bob, heard, type Member, minute, next, repo, scene, second, shared, status } from './members.ts'

/** The bodies of all pages, as whoever follows `next` gets them. */
async function walk(by: typeof fetch, first: string, token?: string): Promise<string[]> {
  const pages: string[] = []
  const headers: HeadersInit = token === undefined ? {} : { authorization: `token ${token}` }
  for (let url: string | undefined = first; url; ) {
    const answer: Response = await by(url, { headers })
    expect(answer.status, url).to.equal(200)
    pages.push(await answer.text())
    url = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  return pages
}

const Paginating = Octokit.plugin(paginateRest)
const issues = `${repo}/issues`

describe('pagination', () => {
  const s = scene()
  const hello = () => s.github.repository('octocat/Hello-World')

  /** All issues by Octokit, as its users page through them. */
  async function all(member: Member, token: string, parameters: object): Promise<number[]> {
    const octokit = new Paginating({ auth: token, baseUrl: s.github.url, request: { fetch: member.mesh.fetch } })
    const where = { owner: 'octocat', repo: 'Hello-World', ...parameters }
    const found = await octokit.paginate('GET /repos/{owner}/{repo}/issues', where)
    return found.map(({ number }) => number)
  }
  const newestFirst = Array.from({ length: 1000 }, (_, i) => 1000 - i)

  for (const parameters of [{ per_page: 100 }, {}]) {
    it(`Octokit pages through 1,000 issues, the second member for nothing: ${JSON.stringify(parameters)}`, async () => {
      const [a, b] = await s.two()
      hello().setIssues(1000)
      const last = next(b, 'received', 'per_page' in parameters ? 'page=10&per_page=100' : 'page=34')
      expect(await all(a, 'sim-token-alice', parameters)).to.deep.equal(newestFirst)
      await last
      await heard(a, b)
      expect(await all(b, bob, parameters)).to.deep.equal(newestFirst)
      expect(s.github.calls.filter(({ login }) => login === 'bob')).to.have.length(0)
      expect(b.mesh.stats().peerHits).to.equal('per_page' in parameters ? 10 : 34)
    })
  }

  it('pages that did not change cost nothing, however much later', async () => {
    const a = await s.member()
    hello().setIssues(250)
    for (const minutes of [2, 5, 11, 61]) {
      const spent = s.github.units()
      expect(await all(a, 'sim-token-alice', { per_page: 100 })).to.have.length(250)
      expect(s.github.units() - spent, `after ${minutes}`).to.equal(spent === 0 ? 3 : 0)
      s.now += minutes * minute
    }
  })

  it('both names of a repository are one, once an own answer showed it', async () => {
    const a = await s.member()
    const { id } = await a.json(repo)
    await a.ask(issues)
    expect(status(await a.ask(`/repositories/${id}/issues`))).to.equal('ghmesh; hit')
    expect(s.github.count(/issues/)).to.equal(1)
  })

  it('… in a new process too, as long as it was shown lately', async () => {
    const store = memoryStore()
    const path = `${s.github.url}${issues}?per_page=20`
    const before = await s.member({ store })
    await before.ask(repo) // says that it is public, or each member would ask with its own token
    const pages = await walk(before.mesh.fetch, path)
    expect(pages).to.have.length(2)
    s.github.clearCalls()
    s.now += 30 * second
    const later = await s.member({ store })
    expect(await walk(later.mesh.fetch, path)).to.deep.equal(pages)
    expect(s.github.calls).to.have.length(0)
    s.now += 20 * minute
    const muchLater = await s.member({ store })
    expect(await walk(muchLater.mesh.fetch, path)).to.deep.equal(pages)
    expect(s.github.units(), 'the first page’s 304 shows it again').to.equal(0)
  })

  it('… but no member’s word makes them one', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    await b.ask(issues)
    expect(status(await b.ask(`/repositories/${hello().id}/issues`))).to.match(/fwd=uri-miss/)
  })

  it('the Link of a member’s answer leads to the same pages', async () => {
    const [a, b] = await s.two()
    const list = `${repo}/commits`
    await shared(a, b, `${list}?page=2&per_page=5`)
    const link = (await b.ask(`${list}?per_page=5&page=2`)).headers.get('link') ?? ''
    const pages = [...link.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel]) => [new URL(url), rel] as const)
    expect(pages.map(([url, rel]) => `${rel} ${url.searchParams.get('page')}`)).to.have.members([
      'prev 1',
      'next 3',
      'last 8',
      'first 1'
    ])
    for (const [url] of pages) {
      expect(url.origin).to.equal(s.github.url)
      expect(url.pathname.toLowerCase()).to.equal(list.toLowerCase())
      expect(url.searchParams.get('per_page')).to.equal('5')
    }
  })

  // Routes that members share, one for each way in which GitHub's links go on; the simulator cites where each is known from.
  const styles = {
    'a page number': `${repo}/commits?per_page=5`,
    'a page number, without a size': `${repo}/commits`,
    'a cursor': `${issues}?per_page=7`,
    'a cursor, other order and state': `${issues}?direction=asc&per_page=7&sort=updated&state=all`,
    'a page number, a parameter dropped': `${repo}/contributors?anon=true&per_page=1`,
    'a list in an object': `${repo}/actions/runs?per_page=1`,
    'the number of an organisation': '/orgs/octo-org/repos?per_page=1',
    'the number of a user': '/users/octocat/repos?per_page=1'
  }
  for (const [style, path] of Object.entries(styles)) {
    it(`every page that GitHub links to comes at the other member too: ${style}`, async () => {
      const token = path.startsWith(repo) ? alice : undefined // the lists of accounts are shared where no token asked
      const a = await s.member({ token })
      const b = await s.member({ token })
      await s.connect(a, b)
      for (const owner of ['octo-org', 'octocat']) s.github.addRepository({ fullName: `${owner}/another` })
      const plain = await walk(fetch, s.github.url + path, token)
      expect(plain.length).to.be.above(1)
      expect(await walk(a.mesh.fetch, s.github.url + path)).to.deep.equal(plain)
      await heard(a, b)
      s.github.clearCalls()
      expect(await walk(b.mesh.fetch, s.github.url + path)).to.deep.equal(plain)
      expect(s.github.calls).to.have.length(0)
    })
  }

  for (const path of ['/users?per_page=1', '/repositories?per_page=1']) {
    it(`every page of a list by id comes, whoever asked before: ${path}`, async () => {
      const [a, b] = await s.two()
      const plain = await walk(fetch, s.github.url + path, alice)
      expect(plain.length).to.be.above(1)
      for (const { mesh } of [a, b, b]) expect(await walk(mesh.fetch, s.github.url + path)).to.deep.equal(plain)
    })
  }

  it('a list by cursor that has gained a page is whole at the other member, whoever notices', async () => {
    const [a, b] = await s.two()
    const path = `${issues}?direction=asc&per_page=5`
    hello().setIssues(5)
    await shared(a, b, path)
    hello().addIssue()
    s.now += 61 * second
    await a.ask(path)
    await heard(a, b)
    const answer = await b.ask(path)
    expect(answer.headers.get('link')).to.match(/rel="next"/)
    expect(await walk(b.mesh.fetch, s.github.url + path)).to.have.length(2)
  })

  for (const [query, size] of [
    ['?direction=asc&per_page=5', 5],
    ['?direction=asc', 30],
    ['?direction=asc&per_page=500', 100]
  ] as const) {
    for (const who of ['the same member', 'another member']) {
      it(`a full last page that gains a next one is noticed by ${who}: ${query}`, async () => {
        const [a, b] = await s.two()
        hello().setIssues(size)
        expect((await shared(a, b, issues + query)).headers.get('link')).to.equal(null)
        hello().addIssue()
        s.now += 61 * second
        const member = who === 'another member' ? b : a
        const answer = await member.ask(issues + query)
        expect(await answer.json()).to.have.length(size)
        expect(answer.headers.get('link')).to.match(/rel="next"/)
        expect((await member.ask(issues + query)).headers.get('link')).to.match(/rel="next"/)
      })
    }
  }

  it('a renamed repository is found under its old name and its new', async () => {
    const [a, b] = await s.two()
    const old = (await shared(a, b, `${issues}/1`)).url
    expect(old).to.match(/Hello-World/)
    hello().rename('Renamed')
    s.now += 61 * second
    const answer = await a.ask(`${issues}/1`)
    expect(answer.url, 'the URL after the redirect, as fetch says it').to.match(/\/repositories\/\d+\/issues\/1$/)
    for (const response of [answer, await b.ask(`${issues}/1`)]) {
      expect(response.status).to.equal(200)
      expect((await response.json()).number).to.equal(1)
    }
    expect((await a.ask('/repos/octocat/Renamed/issues/1')).status).to.equal(200)
    expect(s.github.calls.every((call) => call.status !== 404)).to.equal(true)
  })

  it('an old name costs nothing again for ten minutes, and then two units, for a redirect and an answer', async () => {
    const a = await s.member()
    hello().rename('Renamed')
    const units = () => s.github.calls.reduce((sum, { url, units }) => sum + (/issues\/1$/.test(url) ? units : 0), 0)
    await a.ask(`${issues}/1`)
    expect(units()).to.equal(2)
    for (let minutes = 0; minutes < 9; minutes++) {
      s.now += 61 * second
      expect(status(await a.ask(`${issues}/1`))).to.match(/fwd-status=304/)
    }
    expect(units()).to.equal(2)
    s.now += 61 * second
    expect(status(await a.ask(`${issues}/1`))).to.match(/fwd-status=200/)
    expect(units()).to.equal(4)
  })

  it('writes to a renamed repository follow its redirect', async () => {
    const a = await s.member({ limits: { recheckMs: [] } })
    hello().rename('Renamed')
    const answer = await a.ask(issues, { method: 'POST', body: '{"title":"Moved"}' })
    expect(answer.status).to.equal(201)
  })
})
