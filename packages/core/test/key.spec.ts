import { expect } from 'chai'
import * as fc from 'fast-check'
import { acceptClass, canonicalUrl, isJson, isRaw, keyOf, valueKeyOf } from '../src/github/key.ts'

const api = 'https://api.github.com'
const canonical = (path: string) => canonicalUrl(new URL(api + path))
const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,9}$/)
const query = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.string({ maxLength: 6 })), {
  maxLength: 5,
  selector: ([n]) => n
})

describe('key: the URL', () => {
  it('is the same whatever the order of its query', () => {
    const shuffled = query.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
    )
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        expect(canonical(`/emojis?${new URLSearchParams(again)}`)).to.equal(
          canonical(`/emojis?${new URLSearchParams(all)}`)
        )
      })
    )
  })

  it('keeps what the query says, and the order of a name that comes twice', () => {
    expect(canonical('/x?b=1&a=2&b=0')).to.equal(`${api}/x?a=2&b=1&b=0`)
    expect(canonical('/x?a=%20b')).to.equal(canonical('/x?a=+b'))
    expect(canonical('/x?')).to.equal(`${api}/x`)
    expect(canonical('/x#part')).to.equal(`${api}/x`)
  })

  it('knows owner, repository, user and organisation without case, and nothing else', () => {
    fc.assert(
      fc.property(name, name, name, (owner, repository, path) => {
        const of = (o: string, r: string) => canonical(`/repos/${o}/${r}/contents/${path}`)
        expect(of(owner.toUpperCase(), repository.toUpperCase())).to.equal(of(owner, repository))
        expect(of(owner, repository)).to.match(new RegExp(`/contents/${path.replaceAll('.', '\\.')}$`))
        for (const kind of ['users', 'orgs'])
          expect(canonical(`/${kind}/${owner.toUpperCase()}`)).to.equal(canonical(`/${kind}/${owner}`))
      })
    )
    expect(canonical('/repos/Octo/Tools?ref=Main')).to.equal(`${api}/repos/octo/tools?ref=Main`)
    expect(canonicalUrl(new URL('https://ghe.example/api/v3/repos/Octo/Tools/git/ref/heads/A'))).to.equal(
      'https://ghe.example/api/v3/repos/octo/tools/git/ref/heads/A'
    )
  })

  it('tells files apart that lie in folders called like a route', () => {
    for (const folder of ['users', 'orgs', 'repos/a'])
      expect(canonical(`/repositories/1/contents/${folder}/Read`)).to.not.equal(
        canonical(`/repositories/1/contents/${folder}/read`)
      )
  })

  it('keeps a slash at the end: GitHub answers 404 to most of them', () => {
    expect(canonical('/repos/octo/tools/')).to.not.equal(canonical('/repos/octo/tools'))
  })

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = canonicalUrl(new URL(url))
        expect(canonicalUrl(new URL(once))).to.equal(once)
      })
    )
  })
})

describe('key: the Accept class', () => {
  const json = 'application/vnd.github+json'

  it("is GitHub's JSON in all its spellings", () => {
    const spellings = [
      ...[
        '',
        '*/*',
        'application/json',
        json,
        'application/vnd.github.v3+json',
        'application/vnd.github',
        'application/vnd.github.v3'
      ],
      ...[
        'application/vnd.github.mercy-preview+json',
        'application/vnd.github.machine-man-preview',
        ' Application/JSON '
      ],
      ...[
        'application/vnd.github.mercy-preview+json, application/vnd.github.nebula-preview+json',
        'application/json, */*',
        ', '
      ]
    ]
    for (const accept of [null, ...spellings]) expect(acceptClass(accept), String(accept)).to.equal(json)
  })

  it('is verbatim for all else', () => {
    const others = [
      ...[
        'application/vnd.github.raw',
        'application/vnd.github.raw+json',
        'application/vnd.github.v3.diff',
        'text/html'
      ],
      ...['application/vnd.github.object+json', 'application/json, text/plain, */*', 'application/json; charset=utf-8'],
      ...['application/json;q=0', 'application/vnd.github.v4+json', 'application/vnd.github.mercy-preview.raw']
    ]
    for (const accept of others) expect(acceptClass(accept)).to.equal(accept)
    expect(new Set(others.map(acceptClass)).size).to.equal(others.length)
  })

  it('is its own class', () => {
    const type = fc.oneof(fc.string(), fc.stringMatching(/^application\/(vnd\.github)?[\w.+;,= -]{0,20}$/))
    fc.assert(
      fc.property(type, (accept) => {
        expect(acceptClass(acceptClass(accept))).to.equal(acceptClass(accept))
      })
    )
  })
})

describe('key: isJson', () => {
  it('knows JSON by its media type', () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/vnd.github+json',
      'application/vnd.github.v3+json',
      'application/vnd.github.object+json',
      'application/vnd.github.star+json',
      'application/json'
    ])
      expect(isJson(type), type).to.equal(true)
  })

  it("takes no file's bytes for JSON, whose white space could go", () => {
    for (const type of [
      'application/vnd.github.raw+json; charset=utf-8',
      'application/vnd.github.raw+json',
      'application/vnd.github.v3.raw+json',
      'application/vnd.github.html+json',
      'application/vnd.github.raw',
      'application/vnd.github.v3.diff',
      'text/html',
      'application/octet-stream',
      'application/jsonp',
      ''
    ])
      expect(isJson(type), type).to.equal(false)
  })
})

describe('key', () => {
  const parts = { url: `${api}/emojis`, accept: 'a', apiVersion: 'v' }

  it('is 64 hex digits, the same each time', async () => {
    expect(await keyOf(parts)).to.match(/^[\da-f]{64}$/)
    expect(await keyOf({ ...parts, viewer: undefined })).to.equal(await keyOf(parts))
  })

  it('differs in whatever changes the answer', async () => {
    const part = fc.stringMatching(/^[a-z]{0,3}$/)
    const any = fc.record({ url: part, accept: part, apiVersion: part, viewer: part })
    await fc.assert(
      fc.asyncProperty(any, any, async (a, b) => {
        expect((await keyOf(a)) === (await keyOf(b))).to.equal(JSON.stringify(a) === JSON.stringify(b))
      })
    )
  })

  it("cannot be reached by a member's line breaks", async () => {
    const viewers = await keyOf({ ...parts, viewer: 'f00' })
    const tricks = [
      { ...parts, apiVersion: 'v\nf00' },
      { ...parts, accept: 'a\nv', apiVersion: 'f00' },
      { ...parts, accept: 'a\nv\nf00', apiVersion: '' }
    ]
    for (const trick of tricks) expect(await keyOf(trick)).to.not.equal(viewers)
  })

  it('of a value is never that of a response', async () => {
    expect(await valueKeyOf(`${api}/emojis\na\nv\n`)).to.not.equal(await keyOf(parts))
    expect(await valueKeyOf('a')).to.not.equal(await valueKeyOf('b'))
  })
})

describe('key: raw files', () => {
  it('are what comes for the types of that name, and for no others', () => {
    for (const type of [
      'application/vnd.github.raw',
      'application/vnd.github.v3.raw',
      'application/vnd.github.raw+json'
    ])
      expect(isRaw(type), type).to.equal(true)
    for (const type of [
      'application/vnd.github+json',
      'application/vnd.github.html',
      'application/vnd.github.html+json',
      'application/vnd.github.raw, application/json',
      'text/application/vnd.github.raw'
    ])
      expect(isRaw(type), type).to.equal(false)
  })
})
