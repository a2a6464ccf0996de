import { expect } from 'chai'
import * as fc from 'fast-check'
import { createRoutes, repositoryOf, showsRepository } from '../src/github/routes.ts'

const routeOf = createRoutes()
const sharing = (path: string) => routeOf(path).sharing
const inRepository = (paths: string) =>
  paths
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((path) => [`/repos/octo/tools${path}`, `/repositories/7${path}`])

describe('routes', () => {
  const shared = inRepository(`
    /branches /branches/main /branches/feature/x /tags /commits /commits/abc /commits/abc/status /commits/abc/check-runs
    /git/refs /git/ref/heads/feature/x /git/matching-refs/tags/v1 /git/blobs/abc /git/trees/abc /git/commits/abc /git/tags/abc
    /contents /contents/ /contents/a/b.txt /readme /readme/docs /compare/v1...v2
    /issues /issues/1 /issues/1/comments /issues/1/labels /issues/comments /issues/comments/5
    /pulls /pulls/1 /pulls/1/files /pulls/1/commits /pulls/1/comments /pulls/comments /labels /labels/bug /milestones /milestones/1
    /languages /contributors /topics /license /actions/workflows /actions/workflows/1/runs /actions/runs /actions/runs/1 /actions/runs/1/jobs
    /check-runs/1 /check-suites/1 /check-suites/1/check-runs /statuses/abc /deployments /deployments/1/statuses
    /releases /releases/1 /attestations/sha256:abc /releases/latest /releases/tags/v1 /releases/tags/a/b /git/refs/heads/main /stats/contributors /stats/participation
    /stats/code_frequency /actions/artifacts /actions/artifacts/1 /actions/runs/1/artifacts`)

  it('shares what the design lists, by name and by id', () => {
    for (const path of ['', ...shared].map((path) => path || '/repos/octo/tools'))
      expect(sharing(path), path).to.equal('group')
    for (const path of [
      '/users/octo',
      '/gitignore/templates',
      '/gitignore/templates/C',
      '/licenses',
      '/licenses/mit',
      '/emojis',
      '/meta'
    ])
      expect(sharing(path), path).to.equal('group')
  })

  it('knows what differs between viewers though no field says so: the repository itself, profiles', () => {
    for (const path of [
      '/repos/octo/tools',
      '/repositories/7',
      '/users/octo',
      ...inRepository('/releases /releases/1')
    ])
      expect(routeOf(path).varies, path).to.equal(true)
    for (const path of inRepository('/issues /releases/latest /releases/tags/v1'))
      expect(routeOf(path).varies).to.equal(undefined)
  })

  // README: "Timelines, events, reviews"
  it('shares what shows more to some only when it was fetched anonymously', () => {
    const paths = [
      '/search/issues',
      ...['repos', 'gists', 'orgs', 'followers', 'following', 'starred', 'keys', 'events', 'events/public'].map(
        (list) => `/users/octo/${list}`
      ),
      '/gists/public',
      '/gists/abc/comments',
      '/orgs/octo/repos',
      '/orgs/octo/members',
      '/orgs/octo/public_members',
      '/orgs/octo',
      '/gists/abc',
      '/events'
    ]
    for (const path of [
      ...inRepository(
        `/pulls/1/reviews /pulls/1/requested_reviewers /pulls/comments/5 /comments /comments/5 /events /forks /subscribers
        /issues/1/events /issues/1/timeline /issues/1/reactions /issues/1/sub_issues /issues/events /issues/events/1
        /assignees /community/profile /releases/1/assets /compare/main...bob:fix /compare/a/b:main...b:x /compare/main...bob%3Afix /compare/main...bob%3afix`
      ),
      ...paths
    ])
      expect(sharing(path), path).to.equal('anonymous')
  })

  // README: "Responses that depend on the viewer"
  it("never shares what is the viewer's, an administrator's, or unknown", () => {
    const admin = inRepository(
      '/branches/main/protection /branches/main/protection/ /branches/a/b/protection/restrictions /subscription /collaborators /hooks /keys /traffic/views /secrets /actions/secrets /dependabot/alerts /pulls/1/reviews/2 /invitations'
    )
    const own = [
      '/user',
      '/user/repos',
      '/notifications',
      '/issues',
      '/gists',
      '/installation/repositories',
      '/app',
      '/search',
      '/graphql',
      '/orgs/octo/teams',
      '/repos/octo',
      '/',
      '',
      '/nonsense',
      '/REPOS/octo/tools'
    ]
    for (const path of [...admin, ...own]) expect(sharing(path), path).to.equal('viewer')
  })

  it('knows a branch from its protection, whatever they are named', () => {
    for (const path of [
      '/repos/octo/protection/branches/main',
      '/repos/branches/protection/branches/main',
      ...inRepository('/branches/protection /branches/protection/protected /branches/branches')
    ])
      expect(sharing(path), path).to.equal('group')
    for (const path of [
      '/repos/octo/protection/branches/main/protection',
      ...inRepository('/branches/protection/protection /branches/branches/protection /branches/main/%70rotection')
    ])
      expect(sharing(path), path).to.equal('viewer')
  })

  it('never caches streams, archives and signed redirects', () => {
    const paths = inRepository(
      '/tarball /tarball/main /zipball/a/b /actions/runs/1/logs /actions/jobs/1/logs /actions/artifacts/1/zip /releases/assets/1'
    )
    for (const path of ['/rate_limit', ...paths]) expect(sharing(path), path).to.equal('none')
  })

  it('is the whole path: nothing before, after or between it', () => {
    for (const path of shared.filter(
      (path) => !/\/(?:contents|branches|commits|git|readme|compare|releases|stats|artifacts)/.test(path)
    )) {
      for (const other of [`${path}/`, `${path}/more/and/more`, `/x${path}`, path.replace('/', '//')])
        expect(sharing(other), other).to.equal('viewer')
    }
  })

  it('lets users add templates', () => {
    const extended = createRoutes(['/repos/{owner}/{repo}/traffic/{rest...}', '/teams/{id}'])
    for (const path of ['/repos/octo/tools/traffic/views', '/repositories/7/traffic/clones', '/teams/1'])
      expect(extended(path).sharing).to.equal('group')
    expect(extended('/teams/1/members').sharing).to.equal('viewer')
    const kept = [
      '/repos/{owner}/{repo}/issues/{number}/timeline',
      '/repos/{owner}/{repo}/branches/{branch}/protection'
    ]
    const overreaching = createRoutes(kept)
    expect(overreaching('/repos/octo/tools/issues/1/timeline').sharing).to.equal('anonymous')
    expect(overreaching('/repos/octo/tools/branches/main/protection').sharing).to.equal('viewer')
    const numbered = createRoutes(['/teams/{number}'])
    expect([numbered('/teams/12').sharing, numbered('/teams/x').sharing]).to.deep.equal(['group', 'viewer'])
  })

  it('answers for every path', () => {
    const segment = fc.oneof(
      fc.constantFrom('repos', 'repositories', 'branches', 'protection', '7', '..', '%2F'),
      fc.webSegment()
    )
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const path = `/${segments.join('/')}`
        expect(['group', 'anonymous', 'viewer', 'none']).to.include(sharing(path))
      })
    )
    const some = fc.array(segment).map((segments) => segments.map((one) => `/${one}`).join(''))
    fc.assert(
      fc.property(segment, some, some, (first, branch, rest) => {
        for (const path of inRepository(`/branches/${first || 'x'}${branch}/protection${rest}`))
          expect(sharing(path), path).to.equal('viewer')
      })
    )
  })
})

describe('routes: repositoryOf', () => {
  it('names the repository of a path, in lower case', () => {
    expect(repositoryOf('/repos/Octo/Tools')).to.equal('octo/tools')
    expect(repositoryOf('/repos/Octo/Tools/issues/1')).to.equal('octo/tools')
    expect(repositoryOf('/repositories/7/issues')).to.equal('repositories/7')
    for (const path of ['/repos/octo', '/repositories/x', '/users/octo', '/', '/x/repos/octo/tools'])
      expect(repositoryOf(path), path).to.equal(undefined)
  })
})

describe('routes: showsRepository', () => {
  it('is where GitHub writes the object of the repository, and nowhere where users write JSON', () => {
    const shown = ' /pulls /pulls/7 /actions/runs /actions/runs/7 /actions/workflows/ci.yml/runs'.split(' ')
    for (const path of shown.flatMap((below) => [`/repos/octo/tools${below}`, `/repositories/7${below}`]))
      expect(showsRepository(path), path).to.equal(true)
    const others =
      '/contents/pulls /deployments /deployments/7 /issues /forks /pulls/7/files /contents/actions/runs /pulls/x'
    for (const path of inRepository(others)) expect(showsRepository(path), path).to.equal(false)
    for (const path of ['/user/repos', '/search/repositories', '/pulls']) expect(showsRepository(path)).to.equal(false)
  })
})
