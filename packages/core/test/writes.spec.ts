import { expect } from 'chai'
import * as fc from 'fast-check'
import { utf8 } from '../src/bytes.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createApi } from '../src/github/api.ts'
import { changedBy } from '../src/github/changed-by.ts'
import { bodyText } from '../src/github/writes.ts'

describe('writes: what they changed', () => {
  const root = '/repos/octo/tools'

  it('is the thing, its lists and its repository; an issue and a pull request are one', () => {
    const lists = ['issues', 'pulls', 'issues/comments', 'issues/events', 'pulls/comments', 'milestones', 'labels']
    const both = ['issues/1', 'pulls/1'].flatMap((one) => [one, `${one}/comments`])
    const details = ['issues/1/events', 'issues/1/timeline', 'issues/1/labels']
    const ofPull = ['pulls/1/commits', 'pulls/1/files', 'pulls/1/reviews']
    const all = [...lists, ...both, ...details, ...ofPull].map((path) => `${root}/${path}`)
    const ofSomebody = ['/issues', '/user/issues']
    all.push(...ofSomebody)
    expect(changedBy(`${root}/issues/1/comments`)).to.have.members([root, ...all])
    expect(changedBy(`${root}/issues/1/assignees`)).to.have.members([root, ...all, `${root}/issues/1/assignees`])
    expect(changedBy(`${root}/pulls/1/`)).to.have.members([root, ...all])
    const byId = '/repositories/7'
    expect(changedBy(`${byId}/pulls`)).to.have.members([byId, ...lists.map((list) => `${byId}/${list}`), ...ofSomebody])
  })

  it('is all of a repository, where a write can show anywhere in it', () => {
    for (const path of ['/pulls/1/merge', '/contents/README.md', '/issues/comments/5', '/labels/bug', '/git/refs']) {
      expect(changedBy(root + path), path).to.deep.equal(['octo/tools'])
    }
    expect(changedBy('/repositories/7/merges')).to.deep.equal(['repositories/7'])
  })

  it('is all that is outside of repositories, where it is written there, and the repository that it names', () => {
    expect(changedBy('/user/following/bob')).to.deep.equal(['/'])
    expect(changedBy('/user/starred/Octo/Tools')).to.deep.equal(['octo/tools', '/'])
    expect(changedBy('/orgs/octo/teams/devs/repos/octo/tools')).to.deep.equal(['octo/tools', '/'])
  })

  it('is that too, where lists of repositories, people or notifications show it', () => {
    for (const path of ['', '/forks', '/transfer', '/subscription', '/notifications', '/collaborators/bob'])
      expect(changedBy(root + path), path).to.deep.equal(['octo/tools', '/'])
  })

  it('is the repository that is starred or watched, and no path below it', () => {
    for (const list of ['starred', 'subscriptions'])
      expect(changedBy(`/user/${list}/Octo/Tools`), list).to.deep.equal(['octo/tools', '/'])
    expect(changedBy('/user/starred/octo/tools/more')).to.deep.equal(['/'])
  })

  it('is nothing, where it only makes a text', () => {
    expect([...changedBy('/markdown'), ...changedBy('/markdown/raw')]).to.deep.equal([])
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
