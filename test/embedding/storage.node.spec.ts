import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { ask, barePages, start, warnings } from './bare-page.ts'

const path = '/repos/octocat/Hello-World/issues'
const stored = 'ghmesh; fwd=uri-miss; fwd-status=200; stored'

describe('what a browser keeps, or does not', () => {
  const pages = barePages()

  /** Whatever is wrong with its storage, a page gets its answers, and the second time from memory. */
  async function answers(page: Page) {
    await start(page)
    expect((await ask(page, path)).said).to.equal(stored)
    expect((await ask(page, path)).said).to.equal('ghmesh; hit')
  }

  // README: "`import { createMesh } from 'ghmesh'` makes a page"
  it('an entry outlives a reload', async () => {
    const page = await pages.openPage()
    await answers(page)
    await page.evaluate(() => inPage.mesh.stop())
    await page.reload()
    await start(page)
    expect((await ask(page, path)).said).to.equal('ghmesh; hit')
    expect(await warnings(page)).to.deep.equal([])
  })

  it('a private window has nothing of another, and an identity of its own', async () => {
    const peerId = async () => {
      const page = await pages.openPage()
      await start(page, { secret: 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE' })
      expect((await ask(page, path)).said).to.equal(stored)
      return page.evaluate(() => inPage.mesh.peerId)
    }
    expect(await peerId()).to.not.equal(await peerId())
  })

  describe('an identity that cannot be used is replaced', () => {
    const secret = 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE'
    const damaged: Record<string, unknown> = {
      'is text': 'rubbish',
      'is null': null,
      'is empty': {},
      'has keys of another type': { machineKey: 'a', privateKey: 7 },
      'has keys that are too short': { machineKey: [1, 2], privateKey: [3] },
      'has a private key that is none': { machineKey: new Array(32).fill(1), privateKey: new Array(68).fill(9) }
    }
    for (const [what, value] of Object.entries(damaged)) {
      it(`which ${what}`, async () => {
        const page = await pages.openPage()
        await page.evaluate(
          (value) =>
            new Promise<void>((resolve, reject) => {
              const opening = indexedDB.open('ghmesh-identity')
              opening.onupgradeneeded = () => opening.result.createObjectStore('identity')
              opening.onsuccess = () => {
                const bytes = (part: unknown) => (Array.isArray(part) ? new Uint8Array(part) : part)
                const isObject = typeof value === 'object' && value !== null
                const put = isObject
                  ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, bytes(part)]))
                  : value
                const transaction = opening.result.transaction('identity', 'readwrite')
                transaction.objectStore('identity').put(put, 'identity')
                transaction.oncomplete = () => resolve(opening.result.close())
                transaction.onerror = () => reject(transaction.error)
              }
            }),
          value
        )
        await start(page, { secret })
        const first = await page.evaluate(() => inPage.mesh.peerId)
        expect((await ask(page, path)).said).to.equal(stored)
        await page.evaluate(() => inPage.mesh.stop())
        await page.reload()
        await start(page, { secret })
        expect(await page.evaluate(() => inPage.mesh.peerId), 'the new one is kept').to.equal(first)
      })
    }
  })

  /** Opens it as somebody else would have made it, and leaves it open when told to. */
  const foreign = (page: Page, name: string, { version, stores, leftOpen = false }: Foreign) =>
    page.evaluate(
      ([name, version, stores, leftOpen]) =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open(name, version)
          opening.onupgradeneeded = () => {
            for (const store of stores) opening.result.createObjectStore(store)
          }
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            if (!leftOpen) opening.result.close()
            resolve()
          }
        }),
      [name, version, stores, leftOpen] as const
    )
  interface Foreign {
    version: number
    stores: string[]
    leftOpen?: boolean
  }

  it('databases of another layout: answers all the same, and says what is lost', async () => {
    const page = await pages.openPage()
    for (const name of ['ghmesh', 'ghmesh-identity']) await foreign(page, name, { version: 1, stores: ['theirs'] })
    await answers(page)
    expect(await warnings(page)).to.include('ERR_STORE')
  })

  it('databases of a later version are used as far as they are known', async () => {
    const page = await pages.openPage()
    const later = { version: 7, stores: ['records', 'identity', 'more'] }
    for (const name of ['ghmesh', 'ghmesh-identity']) await foreign(page, name, later)
    await answers(page)
    expect(await warnings(page)).to.deep.equal([])
  })

  it('rubbish among its records is a miss, and the rest is served', async () => {
    const page = await pages.openPage()
    await answers(page)
    await page.evaluate(() => inPage.mesh.stop())
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const opening = indexedDB.open('ghmesh')
          opening.onsuccess = () => {
            const rows = opening.result.transaction('records', 'readwrite').objectStore('records')
            for (const [i, value] of ['rubbish', null, 7, { v: 1 }, { v: 9, meta: {} }].entries()) {
              rows.put(value, `m:rubbish ${i}`)
              rows.put(value, `b:rubbish ${i}`)
              rows.put(value, 1000 + i)
            }
            rows.transaction.oncomplete = () => resolve(opening.result.close())
          }
        })
    )
    await page.reload()
    await start(page)
    expect((await ask(page, path)).said).to.equal('ghmesh; hit')
    expect((await ask(page, `${path}?page=2`)).said).to.equal(stored)
    expect(await warnings(page)).to.deep.equal([])
  })

  for (const [what, script] of Object.entries({
    'is missing': () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }),
    'is forbidden': () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }
    },
    'throws when it is looked at': () =>
      Object.defineProperty(globalThis, 'indexedDB', {
        get: () => {
          throw new DOMException('The operation is insecure.', 'SecurityError')
        }
      }),
    'never answers': () => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest
    }
  })) {
    it(`IndexedDB ${what}: answers all the same, and says what is lost`, async () => {
      const own = await pages.context()
      await own.addInitScript(script)
      const page = await pages.openPage(own)
      await answers(page)
      expect(await warnings(page)).to.include('ERR_STORE')
    })
  }

  it('another connection stands in the way of all: answers all the same, and says what is lost', async () => {
    const page = await pages.openPage()
    for (const name of ['ghmesh', 'ghmesh-identity']) {
      await foreign(page, name, { version: 1, stores: ['records', 'identity'], leftOpen: true })
      await page.evaluate((name) => {
        indexedDB.open(name, 2) // waits for the first to close, and all others wait for this one
      }, name)
    }
    await answers(page)
    expect(await warnings(page)).to.include('ERR_STORE')
  })
})
