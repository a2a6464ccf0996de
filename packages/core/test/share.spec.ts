import { expect } from 'chai'
import { createApi } from '../src/github/api.ts'
import { mayShare } from '../src/rules/share.ts'
import { type Shown, staysHere } from '../src/rules/stays-here.ts'
import { anEntry } from './fixtures/entries.ts'

describe('what may be shared', () => {
  const asker = { api: createApi(new URL('https://api.github.com')), sharesAll: false, isHidden: () => false }

  it('is public, of a repository that nothing shows to be private, with links that can be told', () => {
    expect(mayShare(anEntry(), asker)).to.equal(true)
    expect(mayShare(anEntry({ public: false }), asker)).to.equal(false)
    expect(mayShare(anEntry(), { ...asker, isHidden: (name) => name === 'octo/tools' })).to.equal(false)
    expect(mayShare(anEntry({ headers: { link: '<https://evil.example/>; rel="next"' } }), asker)).to.equal(false)
  })

  it('is private too in a group that shares all', () => {
    for (const entry of [anEntry(), anEntry({ public: false })])
      expect(mayShare(entry, { ...asker, sharesAll: true, isHidden: () => true })).to.equal(true)
  })

  it('is never what stays here', () => {
    for (const sharesAll of [false, true])
      expect(mayShare(anEntry({ local: true }), { ...asker, sharesAll })).to.equal(false)
  })
})

describe('what stays here', () => {
  const shown: Shown = {
    shareable: true,
    viewer: 'me',
    secret: false,
    hidden: false,
    accept: 'application/vnd.github+json',
    json: true,
    narrowedOut: false
  }

  it('is what has one of the reasons, each by itself', () => {
    expect(staysHere(shown)).to.equal(false)
    for (const reason of [
      { shareable: false },
      { secret: true },
      { hidden: true },
      { json: false },
      { accept: 'text/html' },
      { narrowedOut: true }
    ])
      expect(staysHere({ ...shown, ...reason }), JSON.stringify(reason)).to.equal(true)
  })

  it('is not what was seen without a token, whatever it names', () => {
    expect(staysHere({ ...shown, hidden: true, viewer: 'anonymous' })).to.equal(false)
  })
})
