import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { actionsRoutes } from '../../packages/github-sim/src/routes/actions.ts'
import { checkRoutes } from '../../packages/github-sim/src/routes/checks.ts'
import { contentsRoutes } from '../../packages/github-sim/src/routes/contents.ts'
import { generalRoutes } from '../../packages/github-sim/src/routes/general.ts'
import { gitRoutes } from '../../packages/github-sim/src/routes/git.ts'
import { issueRoutes } from '../../packages/github-sim/src/routes/issues.ts'
import { pullRoutes } from '../../packages/github-sim/src/routes/pulls.ts'
import { repositoryRoutes } from '../../packages/github-sim/src/routes/repository.ts'
import { searchRoutes } from '../../packages/github-sim/src/routes/search.ts'
import { userRoutes } from '../../packages/github-sim/src/routes/users.ts'
import { linkMeaning } from '../support/link-meaning.ts'
import { alice, dated, heard, type Member, repo, scene, second } from './members.ts'

const inRepository = [
  repositoryRoutes,
  issueRoutes,
  pullRoutes,
  gitRoutes,
  checkRoutes,
  contentsRoutes,
  actionsRoutes
].flatMap((routes) => Object.keys(routes).map((route) => `/repos/:owner/:repo${route}`))
const templates = [...inRepository, ...[generalRoutes, userRoutes, searchRoutes].flatMap(Object.keys)]

/** Queries beside each template alone: every way in which GitHub's lists go on. */
const paged = [
  `${repo}/commits?per_page=5&page=2`,
  `${repo}/issues?per_page=5`,
  `${repo}/issues?per_page=5&page=3`,
  `${repo}/contributors?anon=true&per_page=1`,
  `${repo}/actions/runs?per_page=1&page=2`,
  '/users?per_page=1',
  '/repositories?per_page=1&since=1',
  '/orgs/octo-org/repos?per_page=1'
]

/** What clients read of an answer, besides status and body. */
const read = ['content-type', 'link', 'etag', 'last-modified', 'cache-control', 'vary', 'location'].concat(
  'x-oauth-scopes',
  'x-accepted-oauth-scopes',
  'x-github-media-type',
  'x-github-api-version-selected',
  'x-poll-interval',
  ...['limit', 'remaining', 'used', 'reset', 'resource'].map((name) => `x-ratelimit-${name}`)
)

type Way = 'own' | 'hit' | 'member' | '304' | 'stale'
/** Where a header may differ; each stands in docs/clients.md with its reason, and is seen to differ here. */
const differences: Record<string, Way[]> = {
  'x-ratelimit-remaining': ['own', 'hit', 'member', '304', 'stale'],
  'x-ratelimit-used': ['own', 'hit', 'member', '304', 'stale'],
  'x-accepted-oauth-scopes': ['hit', 'member', 'stale'],
  'x-ratelimit-reset': ['304', 'stale'],
  'x-ratelimit-limit': ['stale'],
  'x-ratelimit-resource': ['stale'],
  'last-modified': ['member']
}

interface Answer {
  status: number
  body: string
  headers: Record<string, string | null>
}

async function answerOf(response: Response): Promise<Answer> {
  const headers = Object.fromEntries(read.map((name) => [name, response.headers.get(name)]))
  // GitHub says weak or strong by chance, and a comparison for caches makes no difference (RFC 9110, section 8.8.3.2).
  if (headers.etag) headers.etag = headers.etag.replace(/^W\//, '')
  return { status: response.status, body: await response.text(), headers }
}

describe('fidelity: through the mesh is as plain fetch', () => {
  const s = scene()
  const seen = new Set<string>()

  function compare(path: string, way: Way, through: Answer, plain: Answer): void {
    const where = `${way}: ${path}`
    expect(through.status, where).to.equal(plain.status)
    if (path !== '/rate_limit') expect(through.body, where).to.equal(plain.body)
    for (const name of read) {
      const [one, other] = [through.headers[name] ?? null, plain.headers[name] ?? null]
      if (name === 'link' && way === 'member') expect(linkMeaning(one), where).to.deep.equal(linkMeaning(other))
      else if (one !== other) {
        expect(differences[name] ?? [], `${name} of ${where}: ${one} instead of ${other}`).to.include(way)
        seen.add(`${name} ${way}`)
      }
    }
  }

  /** A path for each template. */
  async function samples(): Promise<string[]> {
    const get = async (path: string) => (await plainly(path)).json()
    const [commit] = await get(`${repo}/commits`)
    const [run] = (await get(`${repo}/actions/runs`)).workflow_runs
    const [workflow] = (await get(`${repo}/actions/workflows`)).workflows
    const [release] = await get(`${repo}/releases`)
    const [pull] = await get(`${repo}/pulls`)
    const [comment] = await get(`${repo}/issues/comments`)
    const [label] = await get(`${repo}/labels`)
    const { tree, sha: treeSha } = await get(`${repo}/git/trees/main`)
    const blob = tree.find(({ type }: { type: string }) => type === 'blob').sha
    const { id } = await get('/users/octocat')
    const org = await get('/orgs/octo-org')
    const values: [template: RegExp, path: string][] = [
      [/\/issues\/comments\/:id/, `/issues/comments/${comment.id}`],
      [/\/actions\/workflows\/:id/, `/actions/workflows/${workflow.id}`],
      [/\/actions\/runs\/:id\{[^}]*\}/, `/actions/runs/${run.id}`],
      [/\/releases\/:id/, `/releases/${release.id}`],
      [/\/releases\/tags\/:tag/, `/releases/tags/${release.tag_name}`],
      [/\/pulls\/:number\{[^}]*\}/, `/pulls/${pull.number}`],
      [/\/issues\/:number\{[^}]*\}/, '/issues/1'],
      [/\/labels\/:name/, `/labels/${label.name}`],
      [/\/git\/trees\/:sha/, `/git/trees/${treeSha}`],
      [/\/git\/blobs\/:sha/, `/git/blobs/${blob}`],
      [/\/git\/(ref|matching-refs)\/:ref/, '/git/$1/heads/main'],
      [/\/(commits|statuses)\/:(?:ref|sha)/, `/$1/${commit.sha}`],
      [/\/git\/commits\/:sha/, `/git/commits/${commit.sha}`],
      [/:basehead/, `${commit.parents[0].sha}...${commit.sha}`],
      [/:branch/, 'main'],
      [/:ref/, 'main'],
      [/:path/, 'README.md'],
      [/\/licenses\/:key/, '/licenses/mit'],
      [/\/templates\/:name/, '/templates/Node'],
      [/\/user\/:id/, `/user/${id}`],
      [/\/organizations\/:id/, `/organizations/${org.id}`],
      [/\/orgs\/:login/, '/orgs/octo-org'],
      [/:login/, 'octocat'],
      [/\/repos\/:owner\/:repo/, repo]
    ]
    return templates.map((template) => {
      const path = values.reduce((text, [pattern, value]) => text.replace(pattern, value), template)
      const asked = path.replace(/\{[^}]*\}/g, '')
      expect(asked).to.not.match(/:/)
      return asked.startsWith('/search') ? `${asked}?q=repo:octocat/Hello-World` : asked
    })
  }

  const headers = { accept: 'application/vnd.github+json', authorization: `token ${alice}` }
  const plainly = (path: string) => fetch(s.github.url + path, { headers })
  const through = async (member: Member, path: string) => answerOf(await member.ask(path, { headers }))

  // README: "Never a wrong answer"
  it('own, from the cache, by a member, after a 304 and stale: status, body and what clients read', async () => {
    const [a, b] = await s.two({ token: alice })
    const paths = [...(await samples()), ...paged]
    const plain = new Map<string, Answer>()
    const check = async (member: Member, way: Way, which = paths) => {
      for (const path of which) compare(path, way, await through(member, path), plain.get(path) as Answer)
    }
    await through(b, '/user') // so that GitHub has said something of the token to both
    for (const path of paths) {
      plain.set(path, await answerOf(await plainly(path)))
      await check(a, 'own', [path])
    }
    await heard(a, b)
    await check(a, 'hit')
    await check(b, 'member')
    expect(b.mesh.stats().peerHits).to.be.above(40)
    s.now += 61 * second
    // A list that is known under its owner's name has been confirmed under that.
    await check(
      a,
      '304',
      paths.filter((path) => !path.startsWith('/organizations/'))
    )
    s.now += 61 * second
    s.github.respond(/^/, dated(s, '<html>', { status: 503, headers: { 'content-type': 'text/html' } }))
    const kept = (path: string) => !/^\/rate_limit$|ball|\/logs$/.test(path) && plain.get(path)?.status === 200
    await check(a, 'stale', paths.filter(kept))
    expect(a.mesh.stats().stale).to.be.above(60)

    const listed = Object.entries(differences).flatMap(([name, ways]) => ways.map((way) => `${name} ${way}`))
    expect(listed, 'listed, but not seen').to.have.members([...seen])
  })

  // README: "docs/clients.md lists which"
  it('every difference stands in docs/clients.md', () => {
    const said = readFileSync(join(import.meta.dirname, '../../docs/clients.md'), 'utf8').toLowerCase()
    for (const name of [...Object.keys(differences), 'link', 'etag']) expect(said, name).to.include(`\`${name}\``)
  })
})
