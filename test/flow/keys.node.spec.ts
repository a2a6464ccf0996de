import { expect } from 'chai'
import { repo, scene, status } from './members.ts'

const issues = `${repo}/issues`

describe('keys', () => {
  const s = scene()

  it('all spellings of “JSON, please” are one', async () => {
    const a = await s.member()
    const spellings = ['', '*/*', 'application/json', 'application/vnd.github+json', 'application/vnd.github.v3+json']
    spellings.push('application/vnd.github.mercy-preview+json', 'application/vnd.github.v3', 'APPLICATION/JSON')
    await a.ask(issues)
    for (const accept of spellings) {
      expect(status(await a.ask(issues, { headers: { accept } })), accept).to.equal('ghmesh; hit')
    }
    expect(s.github.count(issues)).to.equal(1)
    expect(s.github.calls[0]?.accept).to.equal('application/vnd.github+json')
  })

  it('the raw and the JSON form of a file are two, though GitHub gives them one ETag', async () => {
    const a = await s.member()
    const readme = `${repo}/contents/README.md`
    const raw = { headers: { accept: 'application/vnd.github.raw+json' } }
    for (let n = 0; n < 2; n++) {
      const json = await a.json(readme)
      const answer = await a.ask(readme, raw)
      expect(answer.headers.get('content-type')).to.match(/^application\/vnd\.github\.raw/)
      expect(await answer.text()).to.equal(Buffer.from(json.content, 'base64').toString())
    }
    expect(s.github.count(readme)).to.equal(2)
    s.now += 61_000
    expect(status(await a.ask(readme, raw))).to.match(/fwd-status=304/)
    expect(await (await a.ask(readme, raw)).text()).to.match(/^#/)
  })

  it('API versions are apart', async () => {
    const a = await s.member()
    const one = `${issues}/1`
    const version = { headers: { 'x-github-api-version': '2026-03-10' } }
    expect(await a.json(one)).to.have.property('assignee')
    expect(await a.json(one, version)).not.to.have.property('assignee')
    expect(status(await a.ask(one, version))).to.equal('ghmesh; hit')
    expect(s.github.count(one)).to.equal(2)
  })

  it('the order of the query does not count, its values do', async () => {
    const a = await s.member()
    await a.ask(`${issues}?per_page=5&page=2`)
    expect(status(await a.ask(`${issues}?page=2&per_page=5`))).to.equal('ghmesh; hit')
    for (const query of ['?page=3&per_page=5', '?page=2&per_page=6', '', '?page=2&per_page=5&labels=Bug']) {
      expect(status(await a.ask(issues + query)), query).to.match(/fwd=uri-miss/)
    }
    expect(status(await a.ask(`${issues}?page=2&per_page=5&labels=bug`)), 'case of a value').to.match(/fwd=uri-miss/)
  })

  it('repeated parameters keep their order', async () => {
    const a = await s.member()
    await a.ask(`${issues}?x=1&x=2`)
    expect(status(await a.ask(`${issues}?x=2&x=1`))).to.match(/fwd=uri-miss/)
  })

  it('owner and repository have no case; what follows has', async () => {
    const a = await s.member()
    await a.ask(`${repo}/contents/README.md`)
    expect(status(await a.ask('/repos/OctoCat/hello-WORLD/contents/README.md'))).to.equal('ghmesh; hit')
    expect((await a.ask('/repos/octocat/hello-world/contents/readme.md')).status).to.equal(404)
    await a.ask('/users/octocat')
    expect(status(await a.ask('/users/OCTOCAT'))).to.equal('ghmesh; hit')
  })

  it('the answer names the URL that was asked for, not its canonical form', async () => {
    const a = await s.member()
    for (const path of [issues, '/repos/OctoCat/hello-WORLD/issues', `${issues}?page=1&a=2`]) {
      expect((await a.ask(path)).url).to.equal(s.github.url + path)
    }
  })

  it('a media type that GitHub does not know fails as GitHub says, and is not kept', async () => {
    const a = await s.member()
    for (let n = 1; n <= 2; n++) {
      expect((await a.ask(issues, { headers: { accept: 'image/png' } })).status).to.equal(415)
      expect(s.github.count(issues)).to.equal(n)
    }
  })
})
