import { expect } from 'chai'
import * as fc from 'fast-check'
import { utf8 } from '../src/bytes.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createApi } from '../src/github/api.ts'
import { changedBy, changedByMutation, changesUnnamed } from '../src/github/changed-by.ts'
import { bodyText } from '../src/github/writes.ts'

describe('writes: what they changed', () => {
  const root = '/repos/octo/tools'
  /** What is assigned to somebody, and lists of repositories. */
  const ofAnybody = ['/issues', '/user/issues', '/user/repos']
  const around = [...ofAnybody, '/orgs/octo/issues', '/orgs/octo/repos', '/users/octo/repos']

  it('is the thing, its lists and its repository; an issue and a pull request are one', () => {
    const lists = ['issues', 'pulls', 'issues/comments', 'issues/events', 'pulls/comments', 'milestones', 'labels']
    const both = ['issues/1', 'pulls/1'].flatMap((one) => [one, `${one}/comments`])
    const details = ['issues/1/events', 'issues/1/timeline', 'issues/1/labels', 'issues/1/issue-field-values']
    const ofPull = ['pulls/1/commits', 'pulls/1/files', 'pulls/1/reviews']
    const all = [...lists, ...both, ...details, ...ofPull].map((path) => `${root}/${path}`)
    all.push(...around)
    expect(changedBy(`${root}/issues/1/comments`)).to.have.members([root, ...all])
    expect(changedBy(`${root}/issues/1/assignees`)).to.have.members([root, ...all, `${root}/issues/1/assignees`])
    expect(changedBy(`${root}/pulls/1/`)).to.have.members([root, ...all])
    const byId = '/repositories/7'
    expect(changedBy(`${byId}/issues`)).to.have.members([byId, ...lists.map((list) => `${byId}/${list}`), ...ofAnybody])
  })

  it('is all of a repository, where a write can show anywhere in it', () => {
    const anywhere = [
      '/pulls/1/merge',
      '/contents/README.md',
      '/issues/comments/5',
      '/labels/bug',
      '/git/refs',
      '/pulls'
    ]
    for (const path of anywhere) expect(changedBy(root + path), path).to.deep.equal(['octo/tools', ...around])
    expect(changedBy('/repositories/7/merges')).to.deep.equal(['repositories/7', ...ofAnybody])
  })

  it('is all that is outside of repositories, where it is written there, and the repository that it names', () => {
    expect(changedBy('/user/following/bob')).to.deep.equal(['/'])
    expect(changedBy('/user/starred/Octo/Tools')).to.deep.equal(['octo/tools', '/'])
    expect(changedBy('/orgs/octo/teams/devs/repos/octo/tools')).to.deep.equal(['octo/tools', '/'])
  })

  it('is that too, where lists of repositories, people or notifications show it', () => {
    const shown = ['', '/forks', '/transfer', '/subscription', '/notifications', '/collaborators/bob']
    for (const path of [...shown, '/codespaces', '/pulls/1/codespaces'])
      expect(changedBy(root + path), path).to.deep.equal(['octo/tools', '/'])
  })

  it('is the repository that is starred or watched, and no path below it', () => {
    for (const list of ['starred', 'subscriptions'])
      expect(changedBy(`/user/${list}/Octo/Tools`), list).to.deep.equal(['octo/tools', '/'])
    expect(changedBy('/user/starred/octo/tools/more')).to.deep.equal(['/'])
  })

  it('is no repository of another name, where a path ends like that of a star', () => {
    expect(changedBy('/orgs/acme/migrations/7/repos/widgets/lock')).to.deep.equal(['/'])
  })

  it('is nothing, where it only makes a text or a credential, looks something up or sends a test', () => {
    for (const path of [
      '/markdown',
      '/markdown/raw',
      '/app/installations/7/access_tokens',
      '/applications/Iv1/token',
      '/applications/Iv1/token/scoped',
      '/orgs/octo/attestations/bulk-list',
      `${root}/releases/generate-notes`,
      `${root}/actions/runners/registration-token`,
      '/orgs/octo/actions/runners/remove-token',
      `${root}/hooks/1/pings`,
      '/orgs/octo/hooks/1/pings',
      `${root}/hooks/1/tests`
    ]) {
      expect(changedBy(path), path).to.deep.equal([])
      expect(changesUnnamed(path), path).to.equal(false)
    }
  })

  it('is what is written, where only the path of a file reads like that', () => {
    for (const path of [
      'releases/generate-notes',
      'hooks/1/tests',
      'actions/runners/remove-token',
      'attestations/bulk-list'
    ])
      expect(changedBy(`${root}/contents/${path}`), path).to.include('octo/tools')
  })

  it('is more than what has a name, where a repository is made, or something holds for many', () => {
    for (const path of [
      '/user/repos',
      '/orgs/octo/repos',
      `${root}/forks`,
      '/user/codespaces/x/publish',
      '/orgs/octo/rulesets',
      '/organizations/7/custom_roles',
      '/enterprises/acme/actions/permissions',
      '/teams/1/memberships/bob',
      '/user/memberships/orgs/octo',
      '/user/repository_invitations/1',
      '/user/installations/1/repositories/2'
    ])
      expect(changesUnnamed(path), path).to.equal(true)
    for (const path of [root, `${root}/issues`, '/user', '/user/starred/octo/tools', '/gists'])
      expect(changesUnnamed(path), path).to.equal(false)
  })

  it('by a mutation is anything in the repositories that it names, and what is around them', () => {
    expect(changedByMutation(['octo/tools'], false)).to.have.members(['octo/tools', ...around, '/graphql'])
    expect(changedByMutation(['octo/tools'], true)).to.have.members(['octo/tools', '/', '/graphql'])
    expect(changedByMutation([], false)).to.have.members(['/', '/graphql'])
  })

  it('is named so that purges know it, reaches the written URL, and no other repository', () => {
    const api = 'https://api.github.com'
    const purges = createPurges(createApi(new URL(api)))
    const segment = fc.oneof(fc.constantFrom('issues', 'pulls', '1', 'comments'), fc.stringMatching(/^[\w.-]{1,5}$/))
    fc.assert(
      fc.property(fc.constantFrom(root, '/repositories/7'), fc.array(segment, { maxLength: 5 }), (at, segments) => {
        const url = new URL(api + [at, ...segments].join('/'))
        fc.pre(url.pathname.startsWith(at))
        const targets = changedBy(url.pathname).map((target) => (target.startsWith('/') ? api + target : target))
        const reaches = (other: string) =>
          targets.some((target) => purges.targetsOf(other).includes(purges.normalise(target) ?? '?'))
        expect(reaches(url.href), url.href).to.equal(true)
        for (const other of ['/repos/octo/other/issues', '/repositories/8'])
          expect(reaches(api + other), other).to.equal(false)
      })
    )
  })
})

describe('writes: the text of a body', () => {
  const at = 'https://api.github.com/graphql'

  it('is read of what can be read twice, and of a Request by a copy', async () => {
    const request = new Request(at, { method: 'POST', body: '{"query":"{a}"}' })
    expect(await bodyText(request, undefined)).to.equal('{"query":"{a}"}')
    expect(await request.text()).to.equal('{"query":"{a}"}')
    expect(await bodyText(at, { body: new Blob(['x']) })).to.equal('x')
    expect(await bodyText(at, { body: utf8('x') })).to.equal('x')
  })

  it('is not read of a stream, which would be gone', async () => {
    expect(await bodyText(at, { body: new Blob(['x']).stream() })).to.equal(undefined)
    expect(await bodyText(at, undefined)).to.equal(undefined)
  })
})
