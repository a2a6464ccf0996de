import { expect } from 'chai'
import * as fc from 'fast-check'
import { type Marks, markedAt, readMarks, withMark } from '../src/cache/marks.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createApi } from '../src/github/api.ts'

const api = 'https://api.github.com'
const issue = `${api}/repos/Octo/Tools/issues/1`

describe('purges', () => {
  const marked = (target: string, at = 10, base = api) => {
    const purges = createPurges(createApi(new URL(base)))
    purges.mark(purges.normalise(target) as string, at)
    return purges
  }

  it('make one URL stale, with any query and in any case, and nothing above or below it', () => {
    const purges = marked(`${issue}?page=2`)
    expect(purges.at(issue)).to.equal(10)
    expect(purges.at(`${api}/repos/octo/tools/issues/1?page=3`)).to.equal(10)
    expect(purges.at(`${issue}/comments`)).to.equal(0)
    expect(purges.at(`${api}/repos/octo/tools/issues`)).to.equal(0)
  })

  it('make one repository stale, all of it and no other', () => {
    const purges = marked('Octo/Tools')
    for (const url of [issue, `${api}/repos/octo/tools`, `${api}/repos/octo/tools?x=1`])
      expect(purges.at(url)).to.equal(10)
    for (const url of [`${api}/repos/octo/tools2`, `${api}/users/octo`, `${api}/repos/octo`])
      expect(purges.at(url)).to.equal(0)
  })

  it('reach a repository by its id, too', () => {
    expect(marked('repositories/7').at(`${api}/repositories/7/issues`)).to.equal(10)
  })

  it('reach all that is outside of repositories when it is the API itself, and nothing in them', () => {
    const purges = marked(`${api}/`)
    for (const url of [`${api}/`, `${api}/users/octo`, `${api}/emojis`, `${api}/repos/octo/tools/subscription`])
      expect(purges.at(url), url).to.equal(10)
    for (const url of [`${api}/repos/octo/tools`, issue]) expect(purges.at(url), url).to.equal(0)
  })

  it('reach with a list what belongs to it', () => {
    const root = `${api}/repos/octo/tools`
    for (const [list, url] of [
      ['milestones', 'milestones/1'],
      ['milestones', 'milestones/1/labels'],
      ['pulls', 'commits/abc/pulls'],
      ['issues', 'issues/1/sub_issues']
    ])
      expect(marked(`${root}/${list}`).at(`${root}/${url}`), url).to.equal(10)
    expect(marked(`${root}/issues`).at(`${root}/issues/1`)).to.equal(0)
  })

  it('reach a repository by its other name', () => {
    const purges = createPurges(createApi(new URL(api)), 10, (name) => [
      name,
      name === 'octo/tools' ? 'repositories/7' : 'octo/tools'
    ])
    purges.mark('octo/tools', 5)
    purges.mark('/repositories/7/issues/1', 6)
    expect(purges.at(`${api}/repositories/7/labels`)).to.equal(5)
    expect(purges.at(issue)).to.equal(6)
  })

  it('make everything stale where nobody knows what was changed', () => {
    const purges = createPurges(createApi(new URL(api)))
    purges.forget(5)
    for (const url of [issue, `${api}/user`, `${api}/graphql?question=1`]) expect(purges.at(url), url).to.equal(5)
  })

  it('are told only where members know of them', () => {
    const purges = marked('octo/secret')
    purges.mark('octo/tools', 7)
    purges.told('octo/tools')
    expect(purges.all()).to.deep.equal([['octo/tools', 7]])
  })

  it('of anything reach all of GraphQL, whose queries say nothing of what they look at', () => {
    const purges = createPurges(createApi(new URL(api)))
    const asked = `${api}/graphql?question=1`
    expect(purges.at(asked)).to.equal(0)
    purges.mark('octocat/hello-world', 7)
    expect(purges.at(asked)).to.equal(7)
    purges.mark('/user', 6)
    purges.mark('/graphql', 9)
    expect(purges.at(asked)).to.equal(9)
    expect(purges.at(`${api}/repos/octocat/hello-world`)).to.equal(7)
  })

  it('only get newer, and say whether they did', () => {
    const purges = createPurges(createApi(new URL(api)))
    expect([5, 5, 3, 6].map((at) => purges.mark('octo/tools', at))).to.deep.equal([true, false, false, true])
    expect(purges.at(issue)).to.equal(6)
  })

  it('of this member begin a new generation of what they cover, though an earlier one bears a later time', () => {
    const purges = createPurges(createApi(new URL(api)))
    const asked = [issue, `${api}/graphql?question=1`, `${api}/repos/octo/other`]
    const seen = asked.map(() => new Set<number>())
    const changed = () => asked.map((url, i) => seen[i]?.size !== seen[i]?.add(purges.generation(url)).size)
    changed()
    purges.mark('octo/tools', 9)
    expect(changed(), "another member's").to.deep.equal([false, false, false])
    expect(purges.mark('/repos/octo/tools/issues/1', 5, true)).to.equal(true)
    expect(changed()).to.deep.equal([true, true, false])
    expect(purges.mark('octo/tools', 5, true)).to.equal(true)
    expect(changed()).to.deep.equal([true, true, false])
    expect(purges.at(issue)).to.equal(9)
    purges.forget(1)
    expect(changed()).to.deep.equal([true, true, true])
  })

  it('say what covers a URL, in their own form', () => {
    const purges = createPurges(createApi(new URL(`${api}/`)))
    expect(purges.normalise('Octo/Tools')).to.equal('octo/tools')
    expect(purges.targetsOf(`${issue}?x=1`)).to.deep.equal([purges.normalise(issue), 'octo/tools', '*'])
    expect(purges.targetsOf(`${api}/users/Octo`)).to.deep.equal(['/users/octo', '/', '*'])
    expect(purges.targetsOf('https://example.com/repos/octo/tools')).to.deep.equal([])
    expect(purges.base).to.equal(api)
  })

  it('know nothing of other targets', () => {
    const purges = createPurges(createApi(new URL(api)))
    for (const target of [
      '',
      'octo',
      'a/b/c',
      '*',
      'https://example.com/repos/octo/tools',
      'not a url',
      '/repos/octo/tools'
    ])
      expect(purges.normalise(target), target).to.equal(undefined)
  })

  it('know Enterprise Server by its base path', () => {
    const base = 'https://ghe.example/api/v3'
    const purges = marked('octo/tools', 10, base)
    expect(purges.at(`${base}/repos/octo/tools/issues`)).to.equal(10)
    expect(purges.at('https://ghe.example/repos/octo/tools/issues')).to.equal(0)
  })

  it('are bounded: of what is older than a mark that had to go, nothing counts as fresh', () => {
    const purges = createPurges(createApi(new URL(api)), 2)
    for (const [name, at] of [
      ['a/a', 5],
      ['b/b', 6],
      ['c/c', 7]
    ] as const)
      purges.mark(name, at)
    expect(['a', 'b', 'c', 'd'].map((name) => purges.at(`${api}/repos/${name}/${name}`))).to.deep.equal([5, 6, 7, 5])
  })

  it('never show as fresh what any of them, once said, made stale, in memory and in a store', () => {
    const targets = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 50 })), { maxLength: 60 })
    fc.assert(
      fc.property(targets, (all) => {
        const purges = createPurges(createApi(new URL(api)), 5)
        const stored = new Map<string, Marks>()
        const newest = new Map<string, number>()
        for (const [n, at] of all) {
          const target = `o/r${n}`
          purges.mark(target, at)
          // All of them in one record, as if their hashes were the same.
          const record = withMark(stored.get('one'), api, target, at)
          if (record) stored.set('one', readMarks(record.meta) as Marks)
          newest.set(target, Math.max(newest.get(target) ?? 0, at))
        }
        for (const [target, at] of newest) {
          expect(purges.at(`${api}/repos/${target}`)).to.be.at.least(at)
          expect(markedAt(stored.get('one'), target)).to.be.at.least(at)
        }
        expect(Object.keys(stored.get('one')?.marks ?? {}).length).to.be.at.most(8)
      })
    )
  })
})
