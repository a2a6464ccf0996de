import { expect } from 'chai'
import * as fc from 'fast-check'
import { linkHeader, mayHaveGrown, type PageLinks, parseLinks, tellableLinks } from '../src/github/links.ts'
import { mayContinue } from '../src/github/may-continue.ts'
import { numberedLinks, pageNumbers } from '../src/github/page-numbers.ts'

const asked = new URL('https://api.github.com/repos/octo/tools/issues?per_page=2&state=all&page=3')
const page = (n: number | string, path = '/repos/octo/tools/issues') =>
  `https://api.github.com${path}?page=${n}&per_page=2&state=all`

describe('links: parseLinks', () => {
  it("reads GitHub's header", () => {
    const header = `<${page(2)}>; rel="prev", <${page(4)}>; rel="next", <${page(9)}>; rel="last", <${page(1)}>; rel="first"`
    expect(parseLinks(header)).to.deep.equal({ prev: page(2), next: page(4), last: page(9), first: page(1) })
  })

  it('takes other parameters and no quotes, and leaves other relations', () => {
    expect(parseLinks('<a>; title="x"; rel=next, <b>; rel="preload", <c>; rel="constructor"')).to.deep.equal({
      next: 'a'
    })
  })

  it('finds nothing in nothing', () => {
    for (const header of [null, undefined, '', 'rel="next"', '<a>', '<a>, rel="next"', '<a; rel="next"'])
      expect(parseLinks(header)).to.deep.equal({})
  })

  it('never throws, and names the four relations only', () => {
    const near = fc.string({ unit: fc.constantFrom('<', '>', ';', ',', '"', '=', 'rel', 'next', ' ', 'a') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (header) => {
        expect(['next', 'prev', 'first', 'last']).to.include.members(Object.keys(parseLinks(header)))
      })
    )
  })
})

describe('links: tellableLinks', () => {
  const next = (url: string) => tellableLinks(`<${url}>; rel="next"`, asked)?.next

  it('is what changes in the query, by the alias of the repository too', () => {
    expect(next(page(4))).to.deep.equal({ page: '4' })
    expect(next(page(4, '/repositories/7/issues'))).to.deep.equal({ page: '4' })
  })

  // Recorded answers of GitHub: https://github.com/google/go-github/issues/3565 (cursor), hub4j/github-api (`anon` dropped),
  // https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api (the others).
  const styles: [style: string, asked: string, next: string, changes: object][] = [
    ['page', '/repos/o/r/labels', '/repositories/7/labels?page=2', { page: '2' }],
    [
      'cursor',
      '/repos/o/r/issues?per_page=3',
      '/repositories/7/issues?per_page=3&page=2&after=Y3Vyc29yOnYyOpLPAAABlmHoX8jOs5p-pw%3D%3D',
      { page: '2', after: 'Y3Vyc29yOnYyOpLPAAABlmHoX8jOs5p-pw==' }
    ],
    [
      'the next cursor',
      '/repos/o/r/issues?after=Y3Vy&page=2',
      '/repositories/7/issues?after=Y3Vz&page=3',
      { page: '3', after: 'Y3Vz' }
    ],
    ['a cursor alone', '/repos/o/r/issues', '/repositories/7/issues?after=Y3Vy', { after: 'Y3Vy' }],
    ['since', '/repositories?since=1', '/repositories?since=369', { since: '369' }],
    [
      'what was shown last',
      '/repos/o/r/commits?sha=main',
      '/repositories/7/commits?top=main&last_sha=abc',
      { top: 'main', last_sha: 'abc', sha: null }
    ],
    [
      'a dropped parameter',
      '/repos/o/r/contributors?anon=true',
      '/repositories/7/contributors?page=2',
      { anon: null, page: '2' }
    ],
    [
      'an added parameter',
      '/repos/o/r/commits/x/check-runs',
      '/repositories/7/commits/x/check-runs?filter=latest&page=2',
      { filter: 'latest', page: '2' }
    ],
    ['repositories of an account', '/users/octocat/repos', '/user/583231/repos?page=2', { page: '2' }],
    ['repositories of an organization', '/orgs/o/repos', '/organizations/9/repos?page=2', { page: '2' }],
    ['a server of one’s own', '/api/v3/orgs/o/repos', '/api/v3/organizations/9/repos?page=2', { page: '2' }]
  ]
  for (const [style, from, to, changes] of styles)
    it(`GitHub pages by ${style}: nothing is lost on the way to another member`, () => {
      const url = new URL(from, asked.origin)
      const links = tellableLinks(`<${asked.origin}${to}>; rel="next"`, url)
      expect(links).to.deep.equal({ next: changes })
      const received = new URL(parseLinks(linkHeader(links as PageLinks, url)).next ?? '')
      expect(received.origin + received.pathname).to.equal(url.origin + url.pathname)
      const sorted = (query: URLSearchParams) => [...query].sort().join()
      expect(sorted(received.searchParams)).to.equal(sorted(new URL(to, asked).searchParams))
    })

  it('is nothing where one of the links would be lost', () => {
    const others = [
      'https://evil.example/repos/octo/tools/issues?page=4&per_page=2&state=all',
      page(4, '/repos/octo/tools/pulls'),
      page(4, '/user/issues'),
      `${page(4)}&token=x`,
      page(4).replace('state=all', 'state=open'),
      page(4).replace('&state=all', ''),
      page(5),
      `${page(4)}&after=a&after=b`,
      `${page(4)}&after=${'a'.repeat(513)}`,
      `${page(4)}&after=%0a`,
      'http://['
    ]
    for (const n of ['x', '', '0', '-1', '1.5', '1e99']) others.push(page(n))
    for (const url of others) {
      expect(next(url), url).to.equal(undefined)
      expect(tellableLinks(`<${page(2)}>; rel="prev", <${url}>; rel="next"`, asked), url).to.equal(undefined)
    }
    const users = new URL('https://api.github.com/users')
    expect(tellableLinks(`<${users}{?since}>; rel="first"`, users), 'a template').to.equal(undefined)
  })

  it('is empty for no links', () => {
    for (const header of [undefined, null, '', '<https://docs.github.com/x>; rel="deprecation"'])
      expect(tellableLinks(header, asked)).to.deep.equal({})
  })
})

describe('links: page numbers, for members of an older version', () => {
  it('are those of all links, and mean the same', () => {
    const header = linkHeader(numberedLinks({ next: 4, prev: 2, last: 9, first: 1 }), asked)
    const links = tellableLinks(header, asked) ?? {}
    expect(pageNumbers(links, asked)).to.deep.equal({ next: 4, prev: 2, last: 9, first: 1 })
    expect(pageNumbers({ next: { after: 'x', page: '4' }, first: {} }, asked)).to.deep.equal({ next: 4, first: 3 })
  })
})

describe('links: linkHeader', () => {
  it('is the same in whatever order a member tells the changes', () => {
    const asked = new URL('https://api.github.com/repos/octocat/hello-world/issues?per_page=2')
    const [there, here] = [
      { page: '2', after: 'abc' },
      { after: 'abc', page: '2' }
    ]
    expect(linkHeader({ next: there }, asked)).to.equal(linkHeader({ next: here }, asked))
  })

  it('says what a member told, in URLs of our own', () => {
    expect(parseLinks(linkHeader({ next: { page: '4', after: 'a=' } }, asked)).next).to.equal(
      'https://api.github.com/repos/octo/tools/issues?per_page=2&state=all&page=4&after=a%3D'
    )
    expect(parseLinks(linkHeader({ next: { page: '2' } }, new URL('https://api.github.com/events'))).next).to.equal(
      'https://api.github.com/events?page=2'
    )
    expect(linkHeader({}, asked)).to.equal('')
  })

  it('is nothing at all where one link makes no sense', () => {
    const numbers = [
      { next: 5 },
      { next: 3 },
      { next: 4, prev: 3 },
      { last: 2 },
      { first: 2 },
      { next: 4, last: Number.NaN },
      { next: 4.5 },
      { last: 2 ** 60 }
    ]
    const wrong: PageLinks[] = [
      ...numbers.map(numberedLinks),
      { next: {} },
      { next: { page: '4', state: 'open' } },
      { next: { page: '4', state: null } },
      { next: { page: '4', access_token: 'x' } },
      { next: { page: '4', after: 'a b' } },
      { next: { page: '4', after: '"><x' } }
    ]
    for (const links of wrong) expect(linkHeader(links, asked), JSON.stringify(links)).to.equal(undefined)
    const events = new URL('https://api.github.com/events')
    expect(linkHeader({ prev: { page: '0' } }, events)).to.equal(undefined)
    expect(linkHeader({ next: {} }, events), 'a circle').to.equal(undefined)
    expect(linkHeader({ next: { page: '2' } }, new URL('https://api.github.com/events?page=x'))).to.equal(undefined)
  })

  it('whatever is told, leads nowhere but to the asked list', () => {
    const name = fc.oneof(
      fc.constantFrom('page', 'after', 'since', 'per_page', 'filter', 'state', 'token'),
      fc.string()
    )
    const value = fc.option(fc.oneof(fc.integer({ min: -1, max: 6 }).map(String), fc.string()), { nil: null })
    const link = fc.option(fc.dictionary(name, value, { maxKeys: 3 }), { nil: undefined })
    fc.assert(
      fc.property(fc.record({ next: link, prev: link, first: link, last: link }), (links) => {
        const header = linkHeader(links as PageLinks, asked)
        for (const [rel, href] of Object.entries(parseLinks(header))) {
          const url = new URL(href)
          if (rel === 'next') expect(url.href).to.not.equal(asked.href)
          expect([url.origin, url.pathname, url.hash]).to.deep.equal([asked.origin, asked.pathname, ''])
          expect(url.searchParams.getAll('state')).to.deep.equal(['all'])
          expect(url.searchParams.has('token')).to.equal(false)
        }
        if (header) expect(tellableLinks(header, asked), 'can be told again').to.not.equal(undefined)
      })
    )
  })
})

describe('links: the first page', () => {
  it('is what was asked for, without a change; no other link is', () => {
    const list = new URL('https://api.github.com/repos/octo/tools/issues?per_page=2')
    expect(linkHeader({ first: {} }, list)).to.equal(`<${list.href}>; rel="first"`)
    expect(linkHeader({ next: {} }, list)).to.equal(undefined)
  })
})

describe('links: mayHaveGrown', () => {
  const list = (query: string) => new URL(`https://api.github.com/repos/octo/tools/issues${query}`)
  const grown = (items: number | undefined, query: string, link?: string) => mayHaveGrown(items, link, list(query))

  it('is true of a full page that names no next one', () => {
    expect(grown(30, '')).to.equal(true)
    expect(grown(2, '?per_page=2')).to.equal(true)
    expect(grown(100, '?per_page=500'), "GitHub's most is 100").to.equal(true)
    for (const query of ['?per_page=x', '?per_page=0', '?per_page=-5', '?per_page='])
      expect(grown(30, query), query).to.equal(true)
    expect(grown(2, '?per_page=2', `<${page(1)}>; rel="prev"`)).to.equal(true)
  })

  it('is false of one that is not full, that names the next, or is no list', () => {
    expect(grown(29, '')).to.equal(false)
    expect(grown(0, '?per_page=1')).to.equal(false)
    expect(grown(undefined, '')).to.equal(false)
    expect(grown(2, '?per_page=2', `<${page(4)}>; rel="next"`)).to.equal(false)
  })

  it('is false of an array that came whole: a folder of more files than a page has', () => {
    expect(grown(31, '')).to.equal(false)
    expect(grown(1000, '')).to.equal(false)
  })
})

describe('links: mayContinue', () => {
  const at = (path: string) => new URL(`https://api.github.com/repos/octo/tools${path}`)
  const whole = { items: 0 }

  it('is true of a full array, and false of one that is not or that came whole', () => {
    expect(mayContinue({ items: 30, list: whole }, at('/issues'))).to.equal(true)
    expect(mayContinue({ items: 29, list: whole }, at('/issues'))).to.equal(false)
    expect(mayContinue({ items: 31, list: whole }, at('/contents/src'))).to.equal(false)
  })

  it('is true of a list in an object that has fewer items than it says there are', () => {
    const runs = (items: number, total: number, query = '') =>
      mayContinue({ list: { items, total } }, at(`/actions/runs${query}`))
    expect(runs(30, 31)).to.equal(true)
    expect(runs(1, 31, '?page=2')).to.equal(true)
    expect(runs(31, 31)).to.equal(false)
    expect(runs(0, 0)).to.equal(false)
  })

  it('is true of a comparison or commit that is long, or asked for in pages', () => {
    for (const path of ['/compare/a...b', '/commits/abc']) {
      expect(mayContinue({ list: { items: 30 } }, at(path)), path).to.equal(true)
      expect(mayContinue({ list: { items: 3 } }, at(`${path}?page=2`)), path).to.equal(true)
      expect(mayContinue({ list: { items: 3 } }, at(path)), path).to.equal(false)
    }
  })

  it('is false of what has no pages, however long', () => {
    expect(mayContinue({ list: { items: 5000 } }, at('/git/trees/main'))).to.equal(false)
    expect(mayContinue({ list: whole }, at('/issues/1'))).to.equal(false)
  })
})
