import { expect } from 'chai'
import * as fc from 'fast-check'
import { linkHeader, mayContinue, mayHaveGrown, pagesOf, parseLinks } from '../src/github/links.ts'

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

describe('links: pagesOf', () => {
  const next = (url: string) => pagesOf(`<${url}>; rel="next"`, asked).next

  it('keeps the page numbers of links to the same list, by the alias of its repository too', () => {
    expect(next(page(4))).to.equal(4)
    expect(next(page(4, '/repositories/7/issues'))).to.equal(4)
  })

  it('keeps nothing of any other link', () => {
    const others = [
      ...[
        'https://evil.example/repos/octo/tools/issues?page=4&per_page=2&state=all',
        page(4, '/repos/octo/tools/pulls'),
        page(4, '/user/issues')
      ],
      ...[
        `${page(4)}&token=x`,
        page(4).replace('state=all', 'state=open'),
        page(4).replace('&per_page=2', ''),
        `${page(4)}&after=Y3Vyc29y`,
        'http://['
      ]
    ]
    for (const url of others) expect(next(url), url).to.equal(undefined)
  })

  it('keeps no page that could not be sent', () => {
    for (const n of ['x', '', '0', '-1', '1.5', '1e99']) expect(next(page(n)), n).to.equal(undefined)
  })
})

describe('links: linkHeader', () => {
  it('says what a member told by numbers, in URLs of our own', () => {
    const header = linkHeader({ next: 4, prev: 2, last: 9, first: 1 }, asked)
    expect(pagesOf(header, asked)).to.deep.equal({ next: 4, prev: 2, last: 9, first: 1 })
    expect(parseLinks(header).next).to.equal(
      'https://api.github.com/repos/octo/tools/issues?per_page=2&state=all&page=4'
    )
    expect(parseLinks(linkHeader({ next: 2 }, new URL('https://api.github.com/events'))).next).to.equal(
      'https://api.github.com/events?page=2'
    )
  })

  it('is nothing at all where one number makes no sense', () => {
    const wrong = [
      { next: 5 },
      { next: 3 },
      { next: 4, prev: 1 },
      { last: 2 },
      { first: 2 },
      { next: 4, last: Number.NaN },
      { next: 4.5 },
      { last: 2 ** 60 }
    ]
    for (const pages of [{}, ...wrong]) expect(linkHeader(pages, asked), JSON.stringify(pages)).to.equal(undefined)
    expect(linkHeader({ prev: 0 }, new URL('https://api.github.com/events'))).to.equal(undefined)
    expect(linkHeader({ next: 2 }, new URL('https://api.github.com/events?page=x'))).to.equal(undefined)
  })

  it('whatever is told, leads nowhere but to the asked list, and next to the next page', () => {
    const n = fc.option(fc.oneof(fc.integer({ min: -1, max: 6 }), fc.double()), { nil: undefined })
    fc.assert(
      fc.property(fc.record({ next: n, prev: n, first: n, last: n }), (pages) => {
        for (const [rel, href] of Object.entries(parseLinks(linkHeader(pages, asked)))) {
          const url = new URL(href)
          if (rel === 'next') expect(url.searchParams.get('page')).to.equal('4')
          url.searchParams.set('page', '3')
          expect(url.href).to.equal(asked.href)
        }
      })
    )
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
