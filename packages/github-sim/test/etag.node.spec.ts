import { expect } from 'chai'
import fc from 'fast-check'
import { etagMatches, etagOf, varyOf } from '../src/etag.ts'
import { prettyPrint, prettyPrints } from '../src/pretty-print.ts'

describe('etagOf', () => {
  it('gives the recorded hashes', () => {
    expect(etagOf({ authorization: 'Bearer hunter1', body: 'hello world' })).to.equal(
      'ffe6e54ebaaaff92f2feaa4bf3a5fda8ff1d49a6a4f492101039cd7c091b7523'
    )
    expect(etagOf({ accept: 'application/json', authorization: 'Bearer hunter1', body: 'hello world' })).to.equal(
      '8ba5e4f8adb9da0d9a3e374907a8afac1286f2a9eed662541449873c0bdfa27b'
    )
    expect(etagOf({ body: '[]' })).to.equal('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945')
  })

  it('counts only what Vary lists', () => {
    const all = { accept: 'a', authorization: 'b', cookie: 'c', body: '[]' }
    expect(etagOf({ ...all, vary: varyOf('public') })).to.equal(etagOf({ accept: 'a', body: '[]' }))
    expect(etagOf({ ...all, vary: varyOf('private') })).to.equal(etagOf(all))
  })

  it('tells a header sent empty from one not sent', () => {
    expect(etagOf({ accept: '', body: 'x' }))
      .to.equal(etagOf({ body: ':x' }))
      .not.to.equal(etagOf({ body: 'x' }))
  })
})

describe('etagMatches', () => {
  it('takes weak, strong, lists and *', () => {
    for (const value of ['"a"', 'W/"a"', '"b", W/"a"', '*']) expect(etagMatches(value, 'a'), value).to.equal(true)
    for (const value of ['"b"', 'a', '"A"', '']) expect(etagMatches(value, 'a'), value).to.equal(false)
  })
})

describe('prettyPrint', () => {
  it('is for browsers, curl and Wget', () => {
    for (const agent of ['Mozilla/5.0 Safari/537.36', 'Firefox/131', 'curl/8.0', 'Wget/1.2']) {
      expect(prettyPrints(agent), agent).to.equal(true)
    }
    for (const agent of ['node', 'octokit-core.js/7', 'GitHub CLI 2.23']) expect(prettyPrints(agent)).to.equal(false)
  })

  it('keeps the spelling of numbers and strings', () => {
    const json = '{"score":0.0,"id":9007199254740993,"s":"a\\"{[:, ]}\\\\","e":[],"o":{},"l":[1,2]}'
    const pretty = prettyPrint(json)
    expect(pretty)
      .to.include('"score": 0.0,')
      .and.include('"id": 9007199254740993,')
      .and.include('"s": "a\\"{[:, ]}\\\\"')
    expect(pretty.endsWith('}\n')).to.equal(true)
  })

  it('never changes the value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.parse(prettyPrint(JSON.stringify(JSON.parse(json))))).to.deep.equal(JSON.parse(json))
      })
    )
  })
})
