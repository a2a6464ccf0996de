import { expect } from 'chai'
import type { Entry } from '../src/entry.ts'
import { createPublicity } from '../src/flow/publicity.ts'
import { createRenewal } from '../src/flow/renewal.ts'
import { createApi } from '../src/github/api.ts'
import type { OriginAnswer } from '../src/github/origin.ts'
import { type ApiRequest, anonymous } from '../src/github/request.ts'
import { createVisibility } from '../src/github/visibility.ts'
import { entryOf, url } from './fixtures/entries.ts'

const now = 1_000_000_000
const sentAt = now - 10
const clockSkewMs = 60_000
const day = 86_400_000

describe('a 304', () => {
  /** Takes one for an entry, and shows what it came to, what is kept, what members were told, and what was learnt. */
  async function take(held: Entry, asked: Partial<ApiRequest> = {}, headers: Record<string, string> = {}) {
    const visibility = createVisibility({
      githubNow: () => now,
      recentMs: 30_000,
      visibilityMs: day,
      aliasMs: 600_000,
      isOpen: false,
      hidden() {}
    })
    const publicity = createPublicity({
      api: createApi(new URL('https://api.github.com')),
      visibility,
      limits: { visibilityMs: day }
    })
    const told: Entry[] = []
    let kept: Entry | undefined
    /** Another body of the same key. */
    const another = { ...held, hash: 'another' }
    let keptOfAnother: Entry | undefined
    const renew = createRenewal({
      cache: {
        async touch(_key, change) {
          kept = change(held)
          keptOfAnother = change(another)
          return true
        }
      },
      publicity,
      limits: { clockSkewMs },
      githubNow: () => now,
      async announce(_request, _key, entry) {
        told.push(entry)
        return { state: 'nothing' }
      }
    })
    const href = asked.url?.href ?? url
    const request = {
      key: 'key',
      url: new URL(href),
      path: new URL(href).pathname,
      repository: 'octo/tools',
      accept: held.accept,
      viewer: 'alice',
      ...asked
    } as ApiRequest
    const answer: Pick<OriginAnswer, 'headers' | 'sentAt'> = { headers: new Headers(headers), sentAt }
    const { entry } = await renew(request, held, answer as OriginAnswer)
    expect(keptOfAnother, 'what it was not about').to.equal(another)
    return { entry, kept, told, visibility }
  }

  const repository = 'https://api.github.com/repos/octo/tools'
  const body = (isPrivate: boolean) =>
    JSON.stringify({ id: 7, full_name: 'octo/tools', private: isPrivate, visibility: isPrivate ? 'private' : 'public' })

  it('makes an entry as new as the request was, here and for members', async () => {
    const { entry, kept, told } = await take(await entryOf('[1]', { asOf: now - 90_000, publicAt: now - 90_000 }))
    expect(entry.asOf).to.equal(sentAt)
    expect(entry.confirmed).to.deep.equal({ alice: sentAt })
    expect(kept).to.deep.equal(entry)
    expect(told).to.deep.equal([entry])
  })

  it('does not make it older, and takes back what a wrong clock had dated ahead', async () => {
    const ahead = now + clockSkewMs
    const of = async (asOf: number) => (await take(await entryOf('[1]', { asOf }))).entry.asOf
    expect(await of(sentAt + 5)).to.equal(sentAt + 5)
    expect(await of(ahead)).to.equal(ahead)
    expect(await of(ahead + 1)).to.equal(sentAt)
    const looked = async (at: number) =>
      (await take(await entryOf('[1]', { confirmed: { alice: at } }))).entry.confirmed.alice
    expect(await looked(ahead)).to.equal(ahead)
    expect(await looked(ahead + 1)).to.equal(sentAt)
    expect(await looked(-ahead - 1), 'a refusal').to.equal(sentAt)
  })

  it('without a token shows that the repository is public', async () => {
    const { entry, visibility } = await take(await entryOf('[1]', { public: false }), { viewer: anonymous })
    expect([entry.anonymous, entry.public, entry.publicAt]).to.deep.equal([true, true, sentAt])
    expect([visibility.publicAt('octo/tools'), visibility.isOpen]).to.deep.equal([sentAt, true])
  })

  for (const [what, isPrivate] of [
    ['public', false],
    ['private', true]
  ] as const)
    it(`for a repository's own page shows anew that it is ${what}`, async () => {
      const { entry, visibility } = await take(await entryOf(body(isPrivate), { url: repository, public: false }), {
        url: new URL(repository)
      })
      expect(visibility.shownAt('octo/tools')).to.equal(sentAt)
      expect([entry.public, entry.publicAt]).to.deep.equal([!isPrivate, sentAt])
    })

  it('for a page of the repository that no ETag proves does so too, if GitHub sent it to this member', async () => {
    const held = await entryOf(body(false), { url: repository, public: false, validator: 'verbatim' })
    const { visibility } = await take(held, { url: new URL(repository) })
    expect(visibility.shownAt('octo/tools')).to.equal(sentAt)
  })

  it('shows nothing of a repository by what is not its JSON', async () => {
    const held = await entryOf(body(false), { url: repository, public: false, accept: 'application/vnd.github.html' })
    const { visibility } = await take(held, { url: new URL(repository) })
    expect(visibility.shownAt('octo/tools')).to.equal(undefined)
  })

  it('shows whose numbered links are, if it is of this member', async () => {
    const numbered = '<https://api.github.com/repositories/7/issues?page=2>; rel="next"'
    const named = async (parts: Partial<Entry>) =>
      (await take(await entryOf('[1]', { headers: { link: numbered }, ...parts }))).visibility.namedPath(
        '/repositories/7'
      )
    expect(await named({})).to.equal('/repos/octo/tools')
    expect(await named({ from: 'a member' })).to.equal(undefined)
  })

  it('brings the headers that it has', async () => {
    const old = { 'content-type': 'application/json', 'last-modified': 'Mon, 02 Nov 2026 10:00:00 GMT' }
    const renewed = { 'last-modified': 'Tue, 03 Nov 2026 10:00:00 GMT' }
    const { entry } = await take(await entryOf('[1]', { headers: old }), {}, renewed)
    expect(entry.headers).to.deep.equal({ ...old, ...renewed })
  })

  // RFC 9111, section 4.3.4
  it('says how long it is fresh, if no longer than what it confirms', async () => {
    const fresh = async (maxAgeMs: number, said?: string) =>
      (await take(await entryOf('[1]', { maxAgeMs }), {}, said === undefined ? {} : { 'cache-control': said })).entry
        .maxAgeMs
    expect(await fresh(60_000)).to.equal(60_000)
    expect(await fresh(60_000, 'private, max-age=5')).to.equal(5000)
    expect(await fresh(60_000, 'max-age=0, must-revalidate')).to.equal(0)
    expect(await fresh(60_000, 'no-store')).to.equal(0)
    expect(await fresh(0, 'private, max-age=60'), 'what is not worked out yet').to.equal(0)
  })

  it('shows nothing of a repository by a body that a member sent and no ETag proves', async () => {
    const { entry, visibility } = await take(
      await entryOf(body(false), { url: repository, public: false, validator: 'verbatim', from: 'a member' }),
      { url: new URL(repository) }
    )
    expect(visibility.shownAt('octo/tools')).to.equal(undefined)
    expect(entry.from).to.equal('a member')
  })

  it("makes a member's body an own one where the ETag is the body's, unless its links are the member's word", async () => {
    const from = 'a member'
    const link = `<${url}?page=2>; rel="next"`
    expect((await take(await entryOf('[1]', { from }))).entry.from).to.equal(undefined)
    expect((await take(await entryOf('[1]', { from, headers: { link } }))).entry.from).to.equal(from)
    const confirmed = await take(await entryOf('[1]', { from, headers: { link } }), {}, { link })
    expect(confirmed.entry.from).to.equal(undefined)
    const raw = { accept: 'application/vnd.github.raw+json', validator: 'object' } as const
    const blob = await take(
      await entryOf('hello\n', { from, ...raw, etag: '"ce013625030ba8dba906f756967f9e9ca394464a"' })
    )
    expect(blob.entry.from).to.equal(undefined)
    const other = await take(
      await entryOf('hullo\n', { from, ...raw, etag: '"ce013625030ba8dba906f756967f9e9ca394464a"' })
    )
    expect(other.entry.from).to.equal(from)
    const verbatim = await take(await entryOf('[1]', { from, validator: 'verbatim' }))
    expect(verbatim.entry.from).to.equal(from)
  })

  it('that an audit got is for this member alone: nobody is told, and the body stays a member’s', async () => {
    const held = await entryOf('[1]', { from: 'a member', asOf: now - 90_000 })
    const { entry, kept, told } = await take(held, { isAudit: true })
    expect(entry).to.deep.equal({ ...held, confirmed: { alice: sentAt } })
    expect(kept).to.deep.equal(entry)
    expect(told).to.deep.equal([])
  })

  it('for what stays here is told to nobody', async () => {
    const { entry, told } = await take(await entryOf('[1]', { local: true, asOf: now - 90_000 }))
    expect(entry.asOf).to.equal(sentAt)
    expect(told).to.deep.equal([])
  })
})
