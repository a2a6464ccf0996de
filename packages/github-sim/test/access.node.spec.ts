import { expect } from 'chai'
import { alice, bare, bob, hello, secret, withGitHub } from './helpers.ts'

describe('who may see what', () => {
  const sim = withGitHub()
  const status = async (path: string, as?: string) => (await sim.get(path, as)).status

  it('hides private and internal repositories', async () => {
    for (const path of [secret, `${secret}/issues`, '/repos/octo-org/handbook']) {
      expect(await status(path, alice), path).to.equal(200)
      expect(await status(path, bob), path).to.equal(404)
      expect(await status(path), path).to.equal(404)
    }
    const id = sim.github.repository('octocat/secret-plans').id
    expect(await status(`/repositories/${id}`, bob)).to.equal(404)
    expect(await sim.json('/users/octocat/repos', bob)).to.have.length(1)
    expect(await sim.json('/users/octocat/repos', alice)).to.have.length(2)
  })

  it('shows an internal repository to members of its organization', async () => {
    sim.github.addToken('sim-second', { login: 'alice', label: 'second' })
    expect(await status('/repos/octo-org/handbook', 'token sim-second')).to.equal(200)
    expect(await status(secret, 'token sim-second')).to.equal(404)
  })

  it('gives and takes access', async () => {
    sim.github.setRole('sim-token-bob', 'octocat/secret-plans', 'pull')
    expect(await status(secret, bob)).to.equal(200)
    sim.github.setRole('sim-token-bob', 'octocat/secret-plans', 'none')
    expect(await status(secret, bob)).to.equal(404)
    sim.github.repository('octocat/secret-plans').setVisibility('public')
    expect(await status(secret)).to.equal(200)
  })

  it('shows permissions per token', async () => {
    expect((await sim.json(hello, alice)).permissions).to.include({ admin: true, pull: true })
    expect((await sim.json(hello, bob)).permissions).to.include({ admin: false, push: false, pull: true })
    expect(await sim.json(hello)).not.to.have.property('permissions')
    sim.github.omitPermissions()
    expect(await sim.json(hello, alice)).not.to.have.property('permissions')
  })

  it('gives clone tokens and raw URLs that differ by caller', async () => {
    sim.github.setRole('sim-token-bob', 'octocat/secret-plans', 'pull')
    const [a, b] = [await sim.json(secret, alice), await sim.json(secret, bob)]
    expect(a.temp_clone_token).to.be.a('string').and.not.equal(b.temp_clone_token)
    expect((await sim.json(hello, alice)).temp_clone_token).to.equal('')
    const [fileA, fileB] = await Promise.all([
      sim.get(`${secret}/contents/src/index.js`, alice),
      sim.get(`${secret}/contents/src/index.js`, bob)
    ])
    expect(bare(fileA)).to.equal(bare(fileB))
    const url = ((await fileA.json()) as { download_url: string }).download_url
    expect(url).to.include('?token=')
    expect(((await fileB.json()) as { download_url: string }).download_url).not.to.equal(url)
    expect(await (await fetch(url)).text()).to.include('hello')
    expect((await fetch(url.replace(/token=.*/, 'token=WRONG'))).status).to.equal(404)
    expect(sim.github.downloads.map((d) => d.status)).to.deep.equal([200, 404])
    expect(JSON.stringify(sim.github.downloads)).not.to.include('token=')
  })

  it('refuses tokens it does not know', async () => {
    const response = await sim.get(hello, 'token nobody-knows')
    expect(response.status).to.equal(401)
    expect(await response.json()).to.deep.equal({
      message: 'Bad credentials',
      documentation_url: 'https://docs.github.com/rest',
      status: '401'
    })
    sim.github.revokeToken('sim-token-bob')
    expect(await status('/user', bob)).to.equal(401)
    expect(await status('/user')).to.equal(401)
  })

  it('takes Basic, Bearer and token', async () => {
    const basic = `Basic ${Buffer.from('alice:sim-token-alice').toString('base64')}`
    for (const as of [basic, alice, 'bearer sim-token-alice']) {
      expect((await sim.json('/user', as)).login).to.equal('alice')
    }
  })

  it('keeps tokens out of everything it shows', async () => {
    await sim.get(`${hello}?access_token=sim-token-bob&page=2`, alice)
    await sim.get(hello, 'token not-registered-secret')
    const shown = JSON.stringify(sim.github.calls)
    expect(shown).not.to.match(/sim-token|not-registered-secret/)
    expect(sim.github.calls.map((c) => c.caller)).to.deep.equal(['alice', 'bad-token'])
    expect(() => sim.github.revokeToken('another-secret'))
      .to.throw(TypeError)
      .that.does.not.match(/another-secret/)
  })

  it('redirects a renamed repository, 301 for reads and 307 for writes', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    repository.rename('Bonjour')
    const target = `${sim.github.url}/repositories/${repository.id}/issues?state=all`
    const moved = await sim.get(`${hello}/issues?state=all`, alice)
    expect(moved.status).to.equal(301)
    expect(moved.headers.get('location')).to.equal(target)
    expect((await sim.send('POST', `${hello}/issues`, alice, { title: 'x' })).status).to.equal(307)
    expect(await status('/repos/octocat/bonjour', alice)).to.equal(200)
    expect((await fetch(`${sim.github.url}${hello}`)).status).to.equal(200)
  })

  it('does not tell strangers that a private repository was renamed', async () => {
    sim.github.repository('octocat/secret-plans').rename('plans')
    expect(await status(secret, alice)).to.equal(301)
    expect(await status(secret, bob)).to.equal(404)
  })

  it('sends logs and archives to another origin', async () => {
    const id = (await sim.json(`${hello}/actions/runs`, alice)).workflow_runs[0].id
    for (const path of [`${hello}/tarball/main`, `${hello}/actions/runs/${id}/logs`]) {
      const response = await sim.get(path, alice)
      expect(response.status, path).to.equal(302)
      expect(new URL(response.headers.get('location') ?? '').origin).to.equal(sim.github.filesUrl)
    }
    expect(await (await fetch(`${sim.github.url}${hello}/tarball/main`)).text()).to.include('simulated download')
  })
})
