import { expect } from 'chai'
import fc from 'fast-check'
import { cursorPage, isTooFar, linkOf, pageOf, sincePage, slice } from '../src/pagination.ts'

const query = (text: string) => new URLSearchParams(text)

describe('pagination', () => {
  it('has a default of 30 and a most of 100', () => {
    expect(pageOf(query(''))).to.deep.equal({ page: 1, perPage: 30 })
    expect(pageOf(query('per_page=1000&page=2'))).to.deep.equal({ page: 2, perPage: 100 })
    expect(pageOf(query('per_page=0&page=-1'))).to.deep.equal({ page: 1, perPage: 30 })
    expect(pageOf(query('per_page=x&page=1.5'))).to.deep.equal({ page: 1, perPage: 30 })
  })

  it('links the way GitHub does', () => {
    const link = (page: number) => linkOf('u', query('state=all&per_page=10'), { page, perPage: 10 }, 25)
    const to = (page: number, rel: string) => `<u?state=all&per_page=10&page=${page}>; rel="${rel}"`
    expect(link(1)).to.equal([to(2, 'next'), to(3, 'last')].join(', '))
    expect(link(2)).to.equal([to(1, 'prev'), to(3, 'next'), to(3, 'last'), to(1, 'first')].join(', '))
    expect(link(3)).to.equal([to(2, 'prev'), to(1, 'first')].join(', '))
    expect(linkOf('u', query(''), { page: 1, perPage: 30 }, 30)).to.equal(undefined)
    expect(linkOf('u', query(''), { page: 1, perPage: 30 }, 0)).to.equal(undefined)
  })

  it('shows each item once when the pages are followed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 1, max: 100 }), (total, perPage) => {
        const items = Array.from({ length: total }, (_, i) => i)
        const seen: number[] = []
        let page = 1
        for (;;) {
          seen.push(...slice(items, { page, perPage }))
          if (!linkOf('u', query(''), { page, perPage }, total)?.includes('rel="next"')) break
          page++
        }
        expect(seen).to.deep.equal(items)
      })
    )
  })

  const numbered = (total: number) => Array.from({ length: total }, (_, i) => ({ id: i + 1 }))
  const placeOf = ({ id }: { id: number }) => ({ sortedBy: 1_745_000_000_000 + id, id })

  it('by cursor, links the way GitHub does: a cursor and a number, no first and no last', () => {
    const links = (text: string) => cursorPage('u', query(text), numbered(5), placeOf).link ?? ''
    expect(links('per_page=2&state=all')).to.match(
      /^<u\?per_page=2&state=all&after=Y3Vyc29yOnYyOpLP[\w%-]+&page=2>; rel="next"$/
    )
    const [, after = ''] = /after=([^&]+)/.exec(links('per_page=2')) ?? []
    expect(links(`per_page=2&after=${after}&page=2`)).to.match(
      /^<u\?per_page=2&after=[\w%-]+&page=3>; rel="next", <u\?per_page=2&page=1&before=[\w%-]+>; rel="prev"$/
    )
    expect(links('per_page=5')).to.equal('')
  })

  it('by cursor, shows each item once, forwards and backwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (total, perPage) => {
        for (const rel of ['next', 'prev']) {
          const seen: number[][] = []
          let at: URLSearchParams | undefined = query(`per_page=${perPage}`)
          // The last page, to begin there when going backwards.
          if (rel === 'prev') at.set('page', String(Math.max(1, Math.ceil(total / perPage))))
          while (at) {
            const { items, link }: { items: { id: number }[]; link?: string } = cursorPage(
              'u',
              at,
              numbered(total),
              placeOf
            )
            seen.push(items.map(({ id }) => id))
            const to: string | undefined = new RegExp(`<u\\?([^>]+)>; rel="${rel}"`).exec(link ?? '')?.[1]
            at = to === undefined ? undefined : query(to)
          }
          if (rel === 'prev') seen.reverse()
          expect(seen.flat()).to.deep.equal(numbered(total).map(({ id }) => id))
        }
      })
    )
  })

  it('by cursor, page numbers alone lead only so far', () => {
    expect(isTooFar(query('page=99&per_page=100'))).to.equal(false)
    expect(isTooFar(query('page=100&per_page=100'))).to.equal(true)
    expect(isTooFar(query('page=100&per_page=100&after=x'))).to.equal(false)
  })

  it('by id, goes on behind the last one, and its first is a template', () => {
    expect(sincePage('u', query('per_page=2'), numbered(3))).to.deep.equal({
      items: [{ id: 1 }, { id: 2 }],
      link: '<u?per_page=2&since=2>; rel="next", <u{?since}>; rel="first"'
    })
    expect(sincePage('u', query('since=2'), numbered(3)).link).to.equal('<u{?since}>; rel="first"')
  })
})
