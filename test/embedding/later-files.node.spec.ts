import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { ask, barePages, start, warnings } from './bare-page.ts'

const path = '/repos/octocat/Hello-World/issues/1'

/** The files that a page loads from now on, without the hashes in their names. */
function filesOf(page: Page): Set<string> {
  const files = new Set<string>()
  page.on('request', (request) => {
    const [, name] = /\/([a-z\d-]+?)(?:-[\w-]{8})?\.js$/.exec(request.url()) ?? []
    if (name && name !== 'local' && name !== 'page') files.add(name)
  })
  return files
}

describe('the files that a page loads later', () => {
  const pages = barePages()

  // docs/decisions/0005-size.md: "a page that finds everything in its cache never loads it"
  it('are left out where everything is in the cache', async () => {
    const context = await pages.context()
    const first = await pages.openPage(context)
    const loaded = filesOf(first)
    await start(first)
    expect([...loaded]).to.not.include('answers')
    expect((await ask(first, path)).status).to.equal(200)
    expect([...loaded])
      .to.include('answers')
      .and.not.include('members')

    const second = await pages.openPage(context)
    const loadedThen = filesOf(second)
    await start(second)
    expect((await ask(second, path)).said).to.include('; hit')
    expect([...loadedThen]).to.deep.equal([])
  })

  // docs/decisions/0005-size.md: "responses are handed on and not kept"
  it('are missed by nobody but the cache, which works once the page was loaded anew', async () => {
    const page = await pages.openPage()
    const isAnswers = (url: URL) => /\/answers-[\w-]+\.js$/.test(url.pathname)
    await page.route(isAnswers, (route) => route.abort())
    await start(page)
    for (const _ of ['first', 'second']) {
      const { status, text, said } = await ask(page, path)
      expect([status, JSON.parse(text).number]).to.deep.equal([200, 1])
      expect(said).to.include('fwd=uri-miss').and.not.include('stored')
    }
    expect((await warnings(page)).filter((text) => text === 'ERR_RUNTIME')).to.have.length(1)

    // Until then, browsers do not try again.
    await page.unroute(isAnswers)
    await page.reload()
    await start(page)
    expect((await ask(page, path)).said).to.include('stored')
    expect((await ask(page, path)).said).to.include('; hit')
  })

  it('say what is wrong with an option, also where they cannot be loaded', async () => {
    const page = await pages.openPage()
    const refusal = () =>
      page.evaluate(() =>
        inPage.start({ trust: 'nobody' as 'group' }).then(
          () => 'started',
          ({ code, message }) => `${code}: ${message}`
        )
      )
    await page.route(/\/wrong-option-/, (route) => route.abort())
    expect(await refusal()).to.equal('ERR_INVALID_OPTION: the option trust cannot be used')
    await page.unroute(/\/wrong-option-/)
    await page.reload()
    expect(await refusal()).to.equal('ERR_INVALID_OPTION: option trust takes "group" or "verify"; received "nobody"')
  })
})
