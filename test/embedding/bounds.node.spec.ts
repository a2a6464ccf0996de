import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { ask, barePages, start, warnings } from './bare-page.ts'

const path = '/repos/octocat/Hello-World/issues'

describe('a browser’s storage at its bounds', () => {
  const pages = barePages()

  /** Puts records until the page goes away; resolves when so many are in. */
  const fill = (page: Page, from: number, count: number, goOn = false) =>
    page.evaluate(
      async ([from, count, goOn]) => {
        const { indexedDbStore } = await inPage.ghmesh
        const store = indexedDbStore()
        const put = (i: number) =>
          store.put(`key ${i}`, {
            meta: { version: 1, i, length: 1 + (i % 7000) },
            body: new Uint8Array(1 + (i % 7000)).fill(i)
          })
        for (let i = from; i < from + count; i += 100)
          await Promise.all(Array.from({ length: 100 }, (_, n) => put(i + n)))
        if (goOn) for (let i = from + count, n = 0; n < 100; n++, i += 1000) void put(i)
        else await store.close()
      },
      [from, count, goOn] as const
    )

  /** How many records are listed, and how many of those that are looked at, one in so many, are not what was put. */
  const readAll = (page: Page, oneIn: number) =>
    page.evaluate(async (oneIn) => {
      const { indexedDbStore } = await inPage.ghmesh
      const store = indexedDbStore()
      const seen = { listed: 0, damaged: 0 }
      for await (const { key, byteLength, meta } of store.list()) {
        if (!key.startsWith('key ')) continue
        if (seen.listed++ % oneIn > 0) continue
        const { i, length } = meta as unknown as { i: number; length: number }
        const body = (await store.get(key))?.body
        const isWhole =
          key === `key ${i}` &&
          byteLength === length &&
          body?.length === length &&
          body.every((byte) => byte === i % 256)
        if (!isWhole) seen.damaged++
      }
      await store.put('after', { meta: { version: 1 }, body: new Uint8Array(10) })
      const works = (await store.get('after'))?.body.length === 10
      await store.close()
      return { ...seen, works }
    }, oneIn)

  it('a reload in the middle of writing leaves each record whole or absent', async () => {
    const page = await pages.openPage()
    for (let round = 0; round < 3; round++) {
      await fill(page, round * 100_000, 200, true)
      await page.reload()
    }
    const { listed, damaged, works } = await readAll(page, 1)
    expect({ damaged, works }).to.deep.equal({ damaged: 0, works: true })
    expect(listed).to.be.within(600, 900)
  })

  it('10,000 entries are kept over a reload, and a mesh opens on them [long]', async () => {
    const page = await pages.openPage()
    await fill(page, 0, 10_000)
    await page.reload()
    await start(page)
    expect((await ask(page, path)).said).to.equal('ghmesh; fwd=uri-miss; fwd-status=200; stored')
    expect(await warnings(page)).to.deep.equal([])
    await page.evaluate(() => inPage.mesh.stop())
    expect(await readAll(page, 50)).to.deep.equal({ listed: 10_000, damaged: 0, works: true })
  })

  for (const [what, quotaSize] of [
    ['a little', 600_000],
    ['no', 1]
  ] as const) {
    it(`with ${what} room, answers come all the same, and it is said what is lost`, async () => {
      const page = await pages.openPage()
      const control = await page.context().newCDPSession(page)
      await control.send('Storage.overrideQuotaForOrigin', { origin: pages.site.origin, quotaSize })
      pages.github.setBody('/repos/octocat/Hello-World/languages', { filler: randomBytes(75_000).toString('hex') })
      await start(page, { token: 'sim-token-bob' })
      for (let i = 1; i <= 9; i++) {
        const question = `/repos/octocat/Hello-World/languages?n=${i}`
        expect((await ask(page, question)).said).to.equal('ghmesh; fwd=uri-miss; fwd-status=200; stored')
        expect((await ask(page, question)).said).to.equal('ghmesh; hit')
      }
      const [line, ...more] = await warnings(page)
      expect(line).to.contain('QuotaExceededError').and.to.contain('going on in memory')
      expect(more).to.deep.equal(['ERR_STORE'])
    })
  }
})
