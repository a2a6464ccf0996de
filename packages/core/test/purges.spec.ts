import { expect } from 'chai'
import { createPurges } from '../src/cache/purges.ts'

const api = 'https://api.github.com'
const issue = `${api}/repos/Octo/Tools/issues/1`

describe('purges', () => {
  const marked = (target: string, at = 10, base = api) => {
    const purges = createPurges(new URL(base))
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

  it('reach no more than one URL when it is the API itself', () => {
    const purges = marked(`${api}/`)
    expect(purges.at(`${api}/`)).to.equal(10)
    for (const url of [`${api}/users/octo`, `${api}/emojis`, issue]) expect(purges.at(url), url).to.equal(0)
  })

  it('only get newer, and say whether they did', () => {
    const purges = createPurges(new URL(api))
    expect([5, 5, 3, 6].map((at) => purges.mark('octo/tools', at))).to.deep.equal([true, false, false, true])
    expect(purges.at(issue)).to.equal(6)
  })

  it('say what a target covers, in its own form', () => {
    const purges = createPurges(new URL(api))
    expect(purges.normalise('Octo/Tools')).to.equal('octo/tools')
    expect(purges.covers('octo/tools', issue)).to.equal(true)
    expect(purges.covers(purges.normalise(issue) as string, `${issue}?x=1`)).to.equal(true)
    expect(purges.covers('octo/tools', 'https://example.com/repos/octo/tools')).to.equal(false)
  })

  it('know nothing of other targets', () => {
    const purges = createPurges(new URL(api))
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

  it('are bounded, the oldest going first', () => {
    const purges = createPurges(new URL(api), 2)
    for (const name of ['a/a', 'b/b', 'c/c']) purges.mark(name, 1)
    expect(['a', 'b', 'c'].map((name) => purges.at(`${api}/repos/${name}/${name}`))).to.deep.equal([0, 1, 1])
  })
})
