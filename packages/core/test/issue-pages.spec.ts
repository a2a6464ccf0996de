import { expect } from 'chai'
import { issuePages, perPage } from '../src/discovery/issue-pages.ts'

const first = `https://api.github.com/repos/o/r/issues/1/comments?per_page=${perPage}`

describe('the pages of a list that strangers can fill', () => {
  /** A list of so many items, and which pages were read: `7` in full, `7?` by the ETag of what was read before. */
  function list() {
    const state = { items: 0 }
    const read: string[] = []
    const pages = issuePages(async (url, headers) => {
      const page = Number(new URL(url).searchParams.get('page'))
      const items = Math.max(0, Math.min(perPage, state.items - perPage * (page - 1)))
      const etag = `"${page} ${items}"`
      read.push(`${page}${headers['if-none-match'] === undefined ? '' : '?'}`)
      if (headers['if-none-match'] === etag) return new Response(null, { status: 304 })
      return Response.json(
        Array.from({ length: items }, () => ({})),
        { headers: { etag } }
      )
    })
    return {
      async readAll(items: number) {
        state.items = items
        read.length = 0
        let found = 0
        for await (const _ of pages.listBothEnds(first)) found++
        return { found, read: [...read] }
      }
    }
  }

  it('are read from both ends, and again by their ETags', async () => {
    const { readAll } = list()
    await readAll(250)
    expect(await readAll(250)).to.deep.equal({ found: 250, read: ['1?', '3?', '2?'] })
  })

  it('are forgotten when they are no longer at an end, so that nothing grows as the end moves', async () => {
    const { readAll } = list()
    for (let items = 100; items <= 1200; items += 100) await readAll(items)
    const ends = await readAll(1200)
    expect(ends.read).to.have.members(['1?', '13?', '12?', '11?', '10?', '9?', '8?', '7?', '6?', '5?'])
    for (let n = 0; n < 2; n++) await readAll(900)
    const again = await readAll(1200)
    expect(again.read, 'no longer known').to.include.members(['12', '11'])
    expect(again.read).to.include.members(['1?', '9?', '8?'])
  })
})
