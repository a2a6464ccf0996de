import { expect } from 'chai'
import type { Entry } from '../src/entry.ts'
import { type AcceptOptions, createAccept } from '../src/exchange/accept.ts'
import { headOf } from '../src/exchange/head.ts'
import { createApi } from '../src/github/api.ts'
import { keyOf } from '../src/github/key.ts'
import { createRoutes } from '../src/github/routes.ts'
import { openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'
import { defaultLimits } from '../src/limits.ts'
import type { EntryHead } from '../src/protocol/wire.ts'
import { anEntry, url } from './fixtures/entries.ts'

const now = 1_000_000_000_000
const check = {
  api: createApi(new URL('https://api.github.com')),
  routeOf: createRoutes(),
  limits: defaultLimits,
  githubNow: now
}
const page = `${url}?per_page=5`
const link = `<${page}&page=2>; rel="next"`
const longer = { next: { page: '2' }, last: { page: '9' } }

describe('a body that is held, of which members tell again', () => {
  /** The entry that is held, after members told these of its body, one after the other. */
  async function after(held: Entry, told: Partial<EntryHead>[], trusts = true): Promise<Entry> {
    const group = await openGroup(createSecret(), () => now, 1000)
    const accept = createAccept({
      cache: {
        find: async (key: string) => ({ key, entries: [held] }),
        async touch(_key: string, change: (entry: Entry) => Entry) {
          held = change(held)
          return true
        }
      },
      reputation: { trusts: () => trusts, reject: (_from: string, reason: string) => expect.fail(reason) },
      counters: { rejected: (reason: string) => expect.fail(reason) },
      emit() {},
      check: () => check,
      unasked: { add() {} },
      shareable: { add: async () => {} },
      mayShare: () => true
    } as Partial<Record<keyof AcceptOptions, unknown>> as AcceptOptions)
    for (const [n, parts] of told.entries()) {
      const head = { ...headOf(held), asOf: now - 100 + n, ...parts }
      const wireKey = await group.wireKey(await keyOf(head))
      expect((await accept({ head, wireKey, group, from: `member ${n}` })).how).to.equal('known')
    }
    return held
  }
  const own = anEntry({ url: page, headers: { link } })
  const ofMember = anEntry({ url: page, headers: { link }, from: 'a' })

  it('is fresh again', async () => {
    for (const held of [own, ofMember]) expect((await after(held, [{}])).asOf).to.equal(now - 100)
  })

  it('is not by the word of one that was caught lying', async () => {
    for (const held of [own, ofMember]) expect(await after(held, [{}], false)).to.equal(held)
  })

  it('of this member’s own keeps its Link, and is not fresh by one who tells another', async () => {
    for (const links of [{}, longer]) expect(await after(own, [{ links, pages: {} }])).to.equal(own)
  })

  it('of a member has the Link that was told last', async () => {
    expect((await after(ofMember, [{ links: longer, pages: {} }])).headers.link).to.include('page=9')
    expect((await after(ofMember, [{ links: {}, pages: {} }])).headers.link).to.equal(undefined)
  })

  it('that one member says is public no more is not so again by the word of another', async () => {
    const { public: isPublic, publicAt } = await after(ofMember, [{ public: false }, { public: true }])
    expect([isPublic, publicAt]).to.deep.equal([false, undefined])
    expect((await after(ofMember, [{ public: true }])).publicAt).to.equal(now)
  })
})
