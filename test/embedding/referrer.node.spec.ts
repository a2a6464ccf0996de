import { expect } from 'chai'
import { barePages, start } from './bare-page.ts'

const path = '/repos/octocat/Hello-World/issues/1'

describe('whose page asks', () => {
  const pages = barePages()

  /** The `Referer` of each request that the page makes to GitHub. */
  async function referrers(policy: ReferrerPolicy | undefined) {
    const page = await pages.openPage()
    const seen: Promise<string | null>[] = []
    page.on('request', (request) => {
      if (request.url().startsWith(pages.github.url) && request.method() !== 'OPTIONS')
        seen.push(request.headerValue('referer'))
    })
    await start(page)
    await page.evaluate(
      async ([path, referrerPolicy]) => {
        const { options } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
        const init = referrerPolicy ? { referrerPolicy } : {}
        const { fetch } = inPage.mesh
        await fetch(options.apiUrl + path, init)
        await fetch(new Request(`${options.apiUrl}${path}/comments`, init))
        await fetch(new Request(options.apiUrl + path, { ...init, method: 'PATCH', body: '{}' }))
      },
      [path, policy] as const
    )
    return Promise.all(seen)
  }

  // Fetch standard, section 5.4: the policy of a request is that of `init`, else that of the `Request`.
  it('is said as the caller wants it, in reads and writes', async () => {
    const origin = `${pages.site.origin}/`
    expect(await referrers(undefined)).to.deep.equal([origin, origin, origin])
    expect(await referrers('no-referrer')).to.deep.equal([null, null, null])
  })
})
