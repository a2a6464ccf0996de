import { expect } from 'chai'
import { allowedHeaders, exposedHeaders } from '../src/cors.ts'
import { blobSha, treeSha } from '../src/git.ts'
import { alice, hello, withGitHub } from './helpers.ts'

const general = ['/', '/meta', '/emojis', '/rate_limit', '/user', '/users/octocat', '/orgs/octo-org', '/notifications']
const lists = [
  '/users/octocat/repos',
  '/orgs/octo-org/repos',
  '/user/repos',
  '/user/teams',
  '/licenses',
  '/gitignore/templates'
]
const single = ['/licenses/mit', '/gitignore/templates/Node', '/search/issues?q=a', '/search/repositories?q=a']
const inRepository =
  ' /commits /commits/main /branches /branches/main /tags /git/refs /git/ref/heads/main /git/trees/main?recursive=1' +
  ' /contents /contents/src /contents/src/lib/retry.js /readme /license /compare/v1.0.0...main /issues /issues/1' +
  ' /issues/comments /issues/1/comments /issues/1/labels /labels /labels/bug /milestones /pulls /pulls/41' +
  ' /pulls/41/files /pulls/41/reviews /languages /contributors /topics /subscription /collaborators /actions/runs /actions/workflows' +
  ' /commits/main/check-runs /commits/main/check-suites /commits/main/status /commits/main/statuses /deployments' +
  ' /releases /releases/latest /releases/tags/v1.0.0'

describe('routes', () => {
  const sim = withGitHub()

  it('all answer, by name and by id', async () => {
    const id = sim.github.repository('octocat/Hello-World').id
    const paths = inRepository.split(' ').flatMap((p) => [hello + p, `/repositories/${id}${p}`])
    for (const path of [...general, ...lists, ...single, ...paths]) {
      const response = await sim.get(path, alice)
      expect(response.status, path).to.equal(200)
      expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8')
      expect(response.headers.get('x-github-request-id')).to.match(/^[0-9A-F:]{30,}$/)
      await response.json()
    }
    for (const path of inRepository.split(' ')) {
      const [a, b] = [await sim.get(hello + path, alice), await sim.get(`/repositories/${id}${path}`, alice)]
      expect(await a.text(), path).to.equal(await b.text())
    }
  })

  it('follow each other', async () => {
    const head = (await sim.json(`${hello}/branches/main`)).commit
    const commit = await sim.json(`${hello}/git/commits/${head.sha}`)
    expect(commit.tree.sha).to.equal(head.commit.tree.sha)
    const tree = await sim.json(`${hello}/git/trees/${commit.tree.sha}`)
    const readme = tree.tree.find((e: { path: string }) => e.path === 'README.md')
    expect((await sim.json(`${hello}/git/blobs/${readme.sha}`)).encoding).to.equal('base64')
    const run = (await sim.json(`${hello}/actions/runs`)).workflow_runs[0]
    expect((await sim.json(`${hello}/actions/runs/${run.id}/jobs`)).total_count).to.equal(1)
    const repository = sim.github.repository('octocat/Hello-World')
    repository.editRun(run.id, { status: 'in_progress', conclusion: null })
    expect((await sim.json(`${hello}/actions/runs/${run.id}`)).status).to.equal('in_progress')
    const sha = repository.setFile('docs/new.md', 'new')
    expect((await sim.json(`${hello}/commits`))[0].sha).to.equal(sha)
  })

  it('answer 404 as GitHub does', async () => {
    const gone = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' }
    for (const path of ['/nowhere', `${hello}/nowhere`, '/repos/a/b', '/users/nobody']) {
      expect(await sim.json(path, alice), path).to.deep.equal(gone)
    }
  })

  it('have git’s own object ids', () => {
    const bytes = new TextEncoder().encode('hello world\n')
    expect(blobSha(bytes)).to.equal('3b18e512dba79e4c8300dd08aeb37f8e728b8dad')
    expect(treeSha(new Map())).to.equal('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
    expect(treeSha(new Map([['hello.txt', bytes]]))).to.equal('68aba62e560c0ebc3396e8ae9335232cd93a3f60')
  })

  it('compress bodies, but not the hash', async () => {
    const zipped = await sim.get(hello, alice, { 'accept-encoding': 'gzip' })
    const plain = await sim.get(hello, alice, { 'accept-encoding': 'identity' })
    expect([zipped, plain].map((r) => r.headers.get('content-encoding'))).to.deep.equal(['gzip', null])
    expect(await zipped.text()).to.equal(await plain.text())
  })

  it('answer HEAD like GET without a body', async () => {
    const head = await sim.get(hello, alice, {}, { method: 'HEAD' })
    expect(head.status).to.equal(200)
    expect(await head.text()).to.equal('')
    expect(head.headers.get('etag')).to.match(/"[0-9a-f]{64}"/)
  })

  it('allow browsers what GitHub allows', async () => {
    const response = await sim.get(hello, undefined, {}, { method: 'OPTIONS' })
    expect(response.status).to.equal(204)
    expect(response.headers.get('access-control-allow-headers')).to.equal(allowedHeaders)
    expect(allowedHeaders).to.include('If-None-Match').and.not.include('Cache-Control')
    const answer = await sim.get(hello)
    expect(answer.headers.get('access-control-allow-origin')).to.equal('*')
    expect(answer.headers.get('access-control-expose-headers')).to.equal(exposedHeaders)
    expect(exposedHeaders.split(', ')).to.include('ETag').and.not.include('Vary').and.not.include('Date')
    expect([sim.github.preflights, sim.github.count()]).to.deep.equal([1, 1])
  })
})
