import { expect } from 'chai'
import { synthesisedHeaders } from '../src/exchange/synthesised-headers.ts'
import { ageMs, keptHeaders, maxAgeMs, refreshedHeaders } from '../src/github/headers.ts'

describe('headers', () => {
  it('are kept by an allow-list: nothing of the asker, his token or his limits', () => {
    const own = {
      'set-cookie': 'a=b',
      etag: '"x"',
      'x-oauth-scopes': 'repo',
      'x-ratelimit-remaining': '1',
      'x-github-request-id': 'x',
      vary: 'x',
      date: 'x',
      location: 'x',
      'x-accepted-oauth-scopes': 'x',
      'github-authentication-token-expiration': 'x'
    }
    const about = {
      'content-type': 'application/json',
      'cache-control': 'public',
      'last-modified': 'x',
      link: '<a>; rel="next"'
    }
    expect(keptHeaders(new Headers({ ...own, ...about }))).to.deep.equal(about)
  })

  it('of a 304 win, and those it does not have stay', () => {
    const stored = { 'content-type': 'application/json', link: 'old' }
    const live = new Headers({ link: 'new', 'last-modified': 'x', etag: '"x"' })
    expect(refreshedHeaders(stored, live)).to.deep.equal({
      'content-type': 'application/json',
      link: 'new',
      'last-modified': 'x'
    })
  })

  it("are made up for a member's body: the type follows from the key, and no browser guesses another", () => {
    expect(synthesisedHeaders('application/vnd.github+json', true, 'l')).to.include({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      link: 'l'
    })
    const typeOf = (accept: string) => synthesisedHeaders(accept, false, '')['content-type']
    expect(typeOf('application/vnd.github.raw+json')).to.equal('application/vnd.github.raw+json; charset=utf-8')
    for (const accept of [
      'text/html',
      'image/svg+xml',
      '*/*',
      'application/vnd.github.raw, text/html',
      'application/vnd.github.x\r\nset-cookie: a'
    ])
      expect(typeOf(accept), accept).to.equal('application/octet-stream')
    expect(synthesisedHeaders('x', true, '')).to.not.have.property('link')
  })

  it('say how long an answer is fresh, and that some may not be stored', () => {
    expect(maxAgeMs('private, max-age=60, s-maxage=90')).to.equal(60_000)
    expect(maxAgeMs('s-maxage=90')).to.equal(0)
    expect(maxAgeMs('Max-Age=5')).to.equal(5000)
    for (const none of [
      undefined,
      '',
      'public',
      'no-cache',
      'no-cache, max-age=60',
      'max-age=x',
      'max-age=-5',
      `max-age=${'9'.repeat(20)}`
    ])
      expect(maxAgeMs(none), none).to.equal(0)
    expect(maxAgeMs('max-age=60, No-Store')).to.equal(undefined)
  })

  it('say how old an answer is that a cache on the way has kept', () => {
    const of = (age?: string) => ageMs(new Headers(age === undefined ? {} : { age }))
    for (const none of [undefined, '', '0', '-5', 'old']) expect(of(none), none).to.equal(0)
    expect(of('50')).to.equal(50_000)
    expect(of('50, 0')).to.equal(50_000)
    // Within what a date can be.
    expect(new Date(Date.now() - of('9'.repeat(30))).getTime()).to.be.greaterThan(0)
  })
})
