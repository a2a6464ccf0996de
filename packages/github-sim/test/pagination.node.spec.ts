import { expect } from 'chai'
import fc from 'fast-check'
import { linkOf, pageOf, slice } from '../src/pagination.ts'

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
})
