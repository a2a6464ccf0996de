import { expect } from 'chai'
import { createViewers } from '../src/flow/viewers.ts'
import { createApi } from '../src/github/api.ts'
import { createTargets, type Question, type Target } from '../src/github/request.ts'
import { createRoutes } from '../src/github/routes.ts'
import { isForAll } from '../src/rules/share.ts'

const api = 'https://api.github.com'

describe('the path of a URL of the API', () => {
  it("is the path below the API's base URL, and nothing for another origin", () => {
    const path = (url: string, base = api) => createApi(new URL(base)).pathOf(new URL(url))
    expect(path(`${api}/emojis?x=1`)).to.equal('/emojis')
    expect(path('https://ghe.example/api/v3/emojis', 'https://ghe.example/api/v3/')).to.equal('/emojis')
    for (const url of [
      'https://ghe.example/emojis',
      'https://ghe.example/api/v31/emojis',
      'https://ghe.example/api/v3'
    ])
      expect(path(url, 'https://ghe.example/api/v3'), url).to.equal(undefined)
    for (const url of [
      'http://api.github.com/emojis',
      'https://api.github.com:8443/emojis',
      'https://api.github.com.evil.example/emojis'
    ])
      expect(path(url), url).to.equal(undefined)
  })
})

describe('request: targets', () => {
  const names = new Map<string, string>()
  let now = 0
  const create = (aliasMs = 600_000) =>
    createTargets({
      api: createApi(new URL(api)),
      routeOf: createRoutes(),
      isForAll,
      namedPath: (numbered) => names.get(numbered),
      aliasMs,
      localNow: () => now
    })
  const targets = create()
  const question = (path: string, parts: Partial<Question> = {}): Question => ({
    href: api + path,
    accept: null,
    apiVersion: null,
    viewer: 'me',
    ...parts
  })
  const find = (path: string, parts?: Partial<Question>) => targets.find(question(path, parts))
  const keyOf = async (path: string, parts?: Partial<Question>) => (await find(path, parts))?.key
  const issues = '/repos/Octo/Tools/issues?b=1&a=2'

  beforeEach(() => {
    names.clear()
    now = 0
  })

  it('asks at the place that was asked for where nothing known is to count, and from then on', async () => {
    const targets = create()
    const asked = question('/repos/octo/old/issues')
    const moved = (await find('/repositories/7/issues')) as Target
    targets.moved(asked, moved)
    expect(targets.known(asked)?.redirected).to.equal(true)
    const anew = { ...asked, isAnew: true }
    expect(targets.known(anew)).to.equal(undefined)
    expect((await targets.find(anew))?.url.href).to.equal(asked.href)
    expect(targets.known(asked)?.redirected).to.equal(undefined)
  })

  it('is nothing for a query that is no UTF-8, which sorting would make the same as others', async () => {
    for (const query of ['path=caf%E9', 'path=caf%EF%BF%BD', 'a=1&%FF=2'])
      expect(await find(`/repos/o/r/commits?${query}`), query).to.equal(undefined)
    expect(await keyOf('/repos/o/r/commits?path=caf%C3%A9')).to.be.a('string')
  })

  it('asks at the place that GitHub redirected to for a while, and not at all where that is 0', async () => {
    for (const aliasMs of [600_000, 0]) {
      now = 0
      const redirected = create(aliasMs)
      const old = question('/repos/octo/old/issues')
      const target = (await find(issues)) as Target
      redirected.moved(old, target)
      if (aliasMs > 0) {
        now = aliasMs - 1
        expect(redirected.known(old)).to.deep.equal({ ...target, redirected: true })
        expect(await redirected.find(old)).to.equal(redirected.known(old))
        now = aliasMs
      }
      expect(redirected.known(old)).to.equal(undefined)
      expect((await redirected.find(old))?.repository).to.equal('octo/old')
    }
  })

  it('says what is asked for, and finds it again without waiting', async () => {
    const target = await find(`${issues}#x`)
    expect(target).to.include({
      canonical: `${api}/repos/octo/tools/issues?a=2&b=1`,
      repository: 'octo/tools',
      path: '/repos/Octo/Tools/issues',
      shareable: true,
      apiVersion: ''
    })
    expect(target?.url.href).to.equal(api + issues)
    expect(targets.known(question(`${issues}#x`))).to.equal(target)
    expect(targets.known(question(issues, { viewer: 'you' }))).to.equal(undefined)
  })

  it('has one key for all viewers of what may be shared, and one for each of what may not', async () => {
    expect(await keyOf(issues, { viewer: 'you' })).to.equal(await keyOf(issues))
    const viewers = ['me', 'you', 'anonymous']
    for (const [path, keys] of Object.entries({
      '/user': 3,
      '/search/issues?q=x': 3,
      '/repos/octo/tools/releases': 1,
      '/emojis': 1
    }))
      expect(new Set(await Promise.all(viewers.map((viewer) => keyOf(path, { viewer })))).size, path).to.equal(keys)
    expect((await find('/search/issues?q=x', { viewer: 'anonymous' }))?.shareable).to.equal(true)
    expect((await find('/search/issues?q=x'))?.shareable).to.equal(false)
    expect((await find('/user', { viewer: 'anonymous' }))?.shareable).to.equal(false)
  })

  it('keeps Accept and API version apart, even those that read like none', async () => {
    const keys = await Promise.all(
      [
        {},
        { accept: 'null' },
        { apiVersion: 'null' },
        { apiVersion: '2026-03-10' },
        { accept: 'application/vnd.github.raw' }
      ].map((parts) => keyOf(issues, parts))
    )
    expect(new Set(keys).size).to.equal(keys.length)
    expect(await keyOf(issues, { accept: 'application/json', apiVersion: '' })).to.equal(keys[0])
  })

  it("is not the cache's: another origin, a credential in the URL, what is never cached", async () => {
    for (const path of [
      '/emojis?access_token=x',
      '/emojis?token=x',
      '/emojis?client_secret=x',
      '/rate_limit',
      '/repos/octo/tools/tarball'
    ])
      expect(await find(path), path).to.equal(undefined)
    for (const href of [
      'https://example.com/emojis',
      'https://me:pw@api.github.com/emojis',
      'https://me@api.github.com/emojis'
    ])
      expect(await targets.find({ ...question(''), href }), href).to.equal(undefined)
  })

  it('knows a repository by its id while an own answer says whose it is, and no longer', async () => {
    const byId = '/repositories/7/issues?b=1&a=2'
    const unknown = await find(byId)
    expect(unknown).to.include({ repository: 'repositories/7', canonical: `${api}/repositories/7/issues?a=2&b=1` })
    names.set('/repositories/7', '/repos/octo/tools')
    expect(await find(byId)).to.include({ key: await keyOf(issues), repository: 'octo/tools' })
    expect((await find(byId))?.url.href).to.equal(api + byId)
    names.set('/repositories/7', '/repos/octo/other')
    expect((await find(byId))?.key).to.equal(await keyOf('/repos/octo/other/issues?a=2&b=1'))
  })

  it('knows accounts by their numbers too, and shares what is shared under their names', async () => {
    const anonymous = { viewer: 'anonymous' }
    for (const [numbered, named] of [
      ['/organizations/9', '/orgs/octo-org'],
      ['/user/3', '/users/octocat']
    ] as const) {
      expect(await find(`${numbered}/repos?page=2`, anonymous)).to.include({ shareable: false })
      names.set(numbered, named)
      const found = await find(`${numbered}/repos?page=2`, anonymous)
      expect(found).to.include({ shareable: true, canonical: `${api}${named}/repos?page=2` })
      expect(found?.url.href).to.equal(`${api}${numbered}/repos?page=2`)
      expect(found?.key).to.equal((await find(`${named}/repos?page=2`, anonymous))?.key)
      expect(await find(`${numbered}/hooks`), 'as under its name').to.include({ shareable: false })
    }
  })

  it('shares nothing that no message has room for: members would take it for rubbish', async () => {
    const long: [string, Partial<Question>][] = [
      [`${issues}&q=${'x'.repeat(8200)}`, {}],
      [issues, { accept: `application/vnd.github.${'x'.repeat(600)}` }],
      [issues, { apiVersion: 'x'.repeat(65) }]
    ]
    for (const [path, parts] of long) expect((await find(path, parts))?.shareable).to.equal(false)
  })
})

describe('viewers', () => {
  const machineKey = (byte: number) => new Uint8Array(32).fill(byte)

  it('have a name each that is neither token nor hash of it, and differs between machines', async () => {
    const viewers = createViewers(machineKey(1))
    const me = await viewers.of('token abc')
    expect(me).to.match(/^[\da-f]{32}$/)
    expect(await viewers.of('token abc')).to.equal(me)
    expect(await viewers.of('Bearer abc')).to.equal(me)
    expect(await viewers.of('Bearer abd')).to.not.equal(me)
    expect(await viewers.of('')).to.match(/^[\da-f]{32}$/)
    expect(await createViewers(machineKey(2)).of('token abc')).to.not.equal(me)
    expect(viewers.of(undefined)).to.equal('anonymous')
  })
})
