import { expect } from 'chai'
import * as fc from 'fast-check'
import { changedBy } from '../src/github/writes.ts'

describe('writes: what they changed', () => {
  const root = '/repos/octo/tools'
  const changed = (path: string) => changedBy(path).sort()

  it('is the thing, its lists and its repository; an issue and a pull request are one', () => {
    const both = [`${root}/issues`, `${root}/issues/1`, `${root}/pulls`, `${root}/pulls/1`]
    expect(changed(`${root}/issues/1/comments`)).to.deep.equal([root, ...both, `${root}/issues/1/comments`].sort())
    expect(changed(`${root}/pulls/1/`)).to.deep.equal([root, ...both].sort())
    expect(changed('/repositories/7/pulls')).to.deep.equal([
      '/repositories/7',
      '/repositories/7/issues',
      '/repositories/7/pulls'
    ])
  })

  it('is all of a repository, where a write can show anywhere in it', () => {
    for (const path of [
      '/pulls/1/merge',
      '/contents/README.md',
      '/issues/comments/5',
      '/labels/bug',
      '/git/refs',
      ''
    ]) {
      expect(changed(root + path), path).to.deep.equal(['octo/tools'])
    }
    expect(changed('/repositories/7/merges')).to.deep.equal(['/repositories/7'])
  })

  it('is the path and its parents outside of repositories', () => {
    expect(changed('/user/issues/1')).to.deep.equal(['/user', '/user/issues', '/user/issues/1'])
  })

  it('reaches no other repository', () => {
    const path = fc
      .array(fc.webSegment().filter(Boolean), { maxLength: 5 })
      .map((segments) => segments.map((s) => `/${s}`).join(''))
    fc.assert(
      fc.property(path, (below) => {
        for (const one of changedBy(root + below))
          expect(one === 'octo/tools' || one === root || one.startsWith(`${root}/`), one).to.equal(true)
      })
    )
  })
})
