import { expect } from 'chai'
import fc from 'fast-check'
import { mayBeEmptyList } from '../src/github/empty-lists.ts'
import { mayHaveGrown } from '../src/github/links.ts'
import { createRoutes } from '../src/github/routes.ts'

const may = (href: string) => {
  const { pathname, searchParams } = new URL(href, 'https://api.github.com')
  return mayBeEmptyList(pathname, searchParams)
}

describe('lists that may be empty', () => {
  it('are the first pages of arrays in a repository, by name or id', () => {
    for (const path of [
      '/repos/o/r/issues',
      '/repositories/7/labels',
      '/repos/o/r/pulls/12/reviews',
      '/repos/o/r/tags'
    ])
      for (const query of ['', '?page=1', '?per_page=100', '?state=all&labels=a,b&page=1'])
        expect(may(path + query), path + query).to.equal(true)
  })

  it('are not objects, envelopes, parts, or anything outside a repository', () => {
    for (const path of [
      '/repos/o/r',
      '/repos/o/r/issues/1',
      '/repos/o/r/issues/',
      '/repos/o/r/actions/runs',
      '/repos/o/r/commits/main/check-runs',
      '/repos/o/r/commits/main/comments',
      '/repos/o/r/events',
      '/repos/o/r/issues/1/timeline',
      '/repos/o/r/stargazers',
      '/repos/o/r/contributors',
      '/repos/o/r/contents/labels',
      '/x/repos/o/r/issues',
      '/user/repos',
      '/search/issues'
    ])
      expect(may(path), path).to.equal(false)
  })

  it('are never a later page, nor one whose query nobody knows, and an empty one of them is whole', () => {
    const name = fc.constantFrom('page', 'per_page', 'after', 'before', 'since', 'cursor', 'state', 'protected', 'x')
    const value = fc.oneof(fc.constantFrom('1', '01', '0', '-1', '2', '100', '101', '1e2', '', 'open'), fc.string())
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (query) => {
        const url = new URL('https://api.github.com/repos/o/r/issues')
        for (const [key, said] of query) url.searchParams.append(key, said)
        if (!mayBeEmptyList(url.pathname, url.searchParams)) return
        for (const [key, said] of query) {
          expect(key).to.be.oneOf(['page', 'per_page', 'state'])
          if (key === 'page') expect(said).to.equal('1')
          if (key === 'per_page') expect(Number(said)).to.be.within(1, 100)
        }
        expect(mayHaveGrown(0, undefined, url)).to.equal(false)
      })
    )
  })

  it('are on no route that is never cached', () => {
    const routeOf = createRoutes()
    for (const path of ['issues', 'labels', 'hooks', 'releases', 'deployments'])
      expect(routeOf(`/repos/o/r/${path}`).sharing).not.to.equal('none')
  })
})
