import { expect } from 'chai'
import { fromHex, sha256, utf8 } from '../src/bytes.ts'
import type { Entry } from '../src/entry.ts'
import { checkHead, entryFromMember, headOf } from '../src/exchange/head.ts'
import { createApi } from '../src/github/api.ts'
import { keyOf } from '../src/github/key.ts'
import { createRoutes } from '../src/github/routes.ts'
import { type Group, openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'
import { defaultLimits } from '../src/limits.ts'
import { decodeGossip, type EntryHead, encodeGossip } from '../src/protocol/wire.ts'
import { entryOf, url } from './fixtures/entries.ts'

const now = 1_000_000_000_000
const routeOf = createRoutes()
const check = { api: createApi(new URL('https://api.github.com')), routeOf, limits: defaultLimits, githubNow: now }

describe('member entry: headOf', () => {
  it('tells what others need, and nothing that is bound to a token', async () => {
    const entry = await entryOf('[1]', {
      url: `${url}?per_page=1`,
      asOf: now + 0.4,
      headers: {
        link: `<${url}?per_page=1&page=2&after=Y3Vy>; rel="next", <https://docs.github.com/x>; rel="deprecation"`,
        'last-modified': 'x'
      },
      validator: 'verbatim',
      etag: undefined,
      confirmed: { me: now }
    })
    const head = headOf(entry)
    const links = { next: { page: '2', after: 'Y3Vy' } }
    expect(head).to.deep.include({ asOf: now, size: 3, hash: fromHex(entry.hash), links, pages: { next: 2 } })
    expect(Object.keys(head)).to.have.members([
      'url',
      'accept',
      'apiVersion',
      'asOf',
      'hash',
      'size',
      'validator',
      'etag',
      'public',
      'anonymous',
      'variant',
      'links',
      'pages'
    ])
  })

  it('can always be sent, whatever the links of an entry say', async () => {
    for (const page of ['x', '0', '1.5', '1e99']) {
      const entry = await entryOf('[]', { headers: { link: `<${url}?page=${page}>; rel="next"` } })
      const message = { type: 'announce' as const, sentAt: 1, key: new Uint8Array(32), entry: headOf(entry) }
      expect(decodeGossip(encodeGossip(message)), page).to.not.equal(undefined)
    }
  })
})

describe('member entry: checkHead', () => {
  let group: Group
  before(async () => {
    group = await openGroup(createSecret(), () => now, 1000)
  })
  const headWith = async (parts: Partial<EntryHead>, entry: Partial<Entry> = {}) => ({
    ...headOf(await entryOf('[]', { asOf: now, ...entry })),
    ...parts
  })
  /** As a member would tell it who computes the key from what it says. */
  async function told(parts: Partial<EntryHead>, by = group) {
    const head = await headWith(parts)
    return checkHead(head, await by.wireKey(await keyOf(head)), group, check)
  }

  it('resolves to the key that we would ask by', async () => {
    const head = await headWith({})
    expect(await told({})).to.deep.equal({ key: await keyOf(head) })
  })

  it('believes no wire key of another URL, type, version or group', async () => {
    const head = await headWith({})
    const wireKey = await group.wireKey(await keyOf(head))
    for (const parts of [{ url: `${url}/1` }, { accept: 'application/vnd.github.raw' }, { apiVersion: '2026-03-10' }])
      expect(await checkHead({ ...head, ...parts }, wireKey, group, check)).to.equal('key')
    expect(await told({}, await openGroup(createSecret(), () => now, 1000))).to.equal('key')
  })

  it('takes what an older member calls by the default version as what this one asks by none', async () => {
    const key = await keyOf(await headWith({}))
    expect(await told({ apiVersion: '2022-11-28' })).to.deep.equal({ key })
    expect(await told({ apiVersion: '2026-03-10' })).to.not.deep.equal({ key })
  })

  it('takes URLs of our API only, and only in the form in which we ask', async () => {
    const wrong = [
      'https://evil.example/repos/octo/tools/issues',
      'http://api.github.com/emojis',
      'not a url',
      '',
      `${url}#x`,
      `${url}?b=1&a=2`,
      url.replace('octo', 'Octo')
    ]
    for (const other of wrong) expect(await told({ url: other }), other).to.equal('key')
    for (const accept of ['', 'application/json', ' application/vnd.github.raw'])
      expect(await told({ accept }), accept).to.equal('key')
  })

  it('takes no credentials in URLs', async () => {
    for (const other of [`${url}?token=x`, `${url}?access_token=x`, url.replace('//', '//me:pw@')])
      expect(await told({ url: other }), other).to.equal('credential')
  })

  it('takes routes that may be shared', async () => {
    const api = 'https://api.github.com'
    for (const path of ['/user', '/notifications', '/rate_limit', '/repos/octo/tools/branches/main/protection'])
      expect(await told({ url: api + path }), path).to.equal('route')
    const search = { url: `${api}/search/issues?q=x` }
    expect(await told({ ...search, anonymous: true, public: true })).to.have.property('key')
    expect(await told({ ...search, anonymous: false, public: true })).to.equal('route')
    expect(await told({ ...search, anonymous: true, public: false })).to.equal('route')
  })

  it('takes a repository as a variant only, for that is what it is', async () => {
    const repository = 'https://api.github.com/repos/octo/tools'
    expect(await told({ url: repository, variant: true })).to.have.property('key')
    expect(await told({ url: repository, variant: false })).to.equal('route')
  })

  it('takes what is neither of the future, nor old, nor large', async () => {
    const bounds: [Partial<EntryHead>, Partial<EntryHead>, string][] = [
      [{ asOf: now + 5000 }, { asOf: now + 5001 }, 'future'],
      [{ asOf: now - 7 * 86_400_000 }, { asOf: now - 7 * 86_400_000 - 1 }, 'old'],
      [{ size: 16 * 1024 ** 2 }, { size: 16 * 1024 ** 2 + 1 }, 'size']
    ]
    for (const [good, bad, reason] of bounds) {
      expect(await told(good), reason).to.have.property('key')
      expect(await told(bad)).to.equal(reason)
    }
  })
})

describe('member entry: entryFromMember', () => {
  async function taken(text: string, parts: Partial<EntryHead> = {}) {
    const entry = await entryOf(text, { asOf: now })
    return entryFromMember({ ...headOf(entry), ...parts }, entry.body, 'peer', { ...check, githubNow: now + 5 })
  }
  const entryTaken = async (text: string, parts?: Partial<EntryHead>) => (await taken(text, parts)) as Entry

  it('is what the member says only where that was checked', async () => {
    expect(await entryTaken('[1,2]', { links: { next: { page: '2' } } })).to.deep.include({
      url,
      items: 2,
      from: 'peer',
      takenAt: now + 5,
      asOf: now,
      local: false,
      variant: false,
      confirmed: {},
      maxAgeMs: 60_000
    })
    const { headers } = await entryTaken('[1,2]', { links: { next: { page: '2' } } })
    expect(headers).to.deep.equal({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, max-age=60, s-maxage=60',
      'x-content-type-options': 'nosniff',
      link: `<${url}?page=2>; rel="next"`
    })
  })

  it('refuses links that make no sense, for without them a list would be cut short', async () => {
    for (const pages of [{ next: 3 }, { next: 1 }, { next: 2, prev: 7 }])
      expect(await taken('[]', { links: undefined, pages })).to.equal('links')
    const wrong: Record<string, string>[] = [{ page: '3' }, { page: '2', state: 'all' }, { page: '2', after: '"' }]
    for (const link of wrong) expect(await taken('[]', { links: { next: link } })).to.equal('links')
  })

  it('does not believe that a full list ends where an older member says nothing of it', async () => {
    const nothing = { links: undefined, pages: undefined }
    const full = JSON.stringify(Array(30).fill(0))
    expect(await taken(full, nothing)).to.equal('links')
    expect(await taken(full, { links: {} }), 'this one says so').to.have.property('hash')
    expect(await taken('[1]', nothing)).to.have.property('hash')
    expect(await taken('{"total_count":40,"jobs":[1]}', nothing)).to.equal('links')
  })

  it('is a variant when it looks like one, or the member says so', async () => {
    expect(await entryTaken('{"permissions":{}}')).to.include({ variant: true })
    expect(await entryTaken('{}', { variant: true })).to.include({ variant: true })
  })

  it('keeps an ETag of a git object only', async () => {
    const etag = `"${'a'.repeat(40)}"`
    expect((await entryTaken('{}', { validator: 'object', etag })).etag).to.equal(etag)
    expect((await entryTaken('{}', { validator: 'portable', etag })).etag).to.equal(undefined)
  })

  it('refuses another body than was announced, credentials, and what is not of the type asked for', async () => {
    expect(await taken('[]', { size: 3 })).to.equal('size')
    expect(await taken('[]', { hash: await sha256(utf8('{}')) })).to.equal('hash')
    expect(await taken('{"temp_clone_token":"x"}')).to.equal('credential')
    expect(await taken(`["ghp_${'a'.repeat(36)}"]`)).to.equal('credential')
    expect(await taken('<html>Sign in</html>')).to.equal('content')
    const other = '[{"repository":{"full_name":"octo/other","private":true}}]'
    expect(await taken(other), 'another repository, which is private').to.equal('private')
    expect(await taken(other, { anonymous: true }), 'seen without a token').to.have.property('hash')
  })

  it('takes a file as bytes of the type that was asked for, whatever they are', async () => {
    for (const accept of ['application/vnd.github.raw', 'application/vnd.github.raw+json']) {
      const entry = await entryTaken('#!/bin/sh\n', { accept })
      expect(entry.headers['content-type']).to.equal(`${accept}; charset=utf-8`)
      expect(entry.items).to.equal(undefined)
    }
    expect((await entryTaken('<script>', { accept: 'text/html' })).headers['content-type']).to.equal(
      'application/octet-stream'
    )
  })
})

describe('member entry: of what depends on who asks', () => {
  it('is refused where it belongs to a viewer, however it is said to have been fetched', async () => {
    const group = await openGroup(createSecret(), () => now, 1000)
    for (const path of ['/user', '/notifications', '/repos/octo/tools/branches/main/protection']) {
      const entry = await entryOf('{}', { url: `https://api.github.com${path}`, asOf: now, anonymous: true })
      const head = headOf(entry)
      expect(await checkHead(head, await group.wireKey(await keyOf(head)), group, check), path).to.equal('route')
    }
  })

  it('is taken from who holds the same token, unless it is damaged or carries a token', async () => {
    const from = async (text: string) =>
      entryFromMember(headOf(await entryOf(text, { asOf: now })), utf8(text), 'peer', { ...check, viewer: 'me' })
    expect(await from('[')).to.equal('content')
    expect(await from(`["ghp_${'a'.repeat(36)}"]`)).to.equal('credential')
    expect(await from('[{"permissions":{}}]')).to.be.an('object')
  })
})
