import { expect } from 'chai'
import fc from 'fast-check'
import { createSecret } from 'ghmesh'
import { isApiUrl } from '../../examples/dashboard/src/start/address.ts'
import { type Invitation, invitationLink, readInvitation } from '../../examples/dashboard/src/start/invitation.ts'
import { adviceOn } from '../../examples/dashboard/src/start/secret.ts'
import { isRemembered, readSettings, remember } from '../../examples/dashboard/src/start/settings.ts'
import { tokenError } from '../../examples/dashboard/src/start/validate.ts'
import { lastingTexts } from '../../examples/dashboard/src/storage.ts'

const page = 'https://team.example.org/dashboard/?theme=dark#top'
const relay = '/dns4/relay.example.org/tcp/443/wss/p2p/12D3KooWGRUfYyz'

describe('invitations', () => {
  const secret = createSecret()
  const invitation: Invitation = {
    secret,
    relays: [relay],
    repositories: ['octocat/Hello-World', 'octo-org/website'],
    apiUrl: 'https://github.example.org/api/v3'
  }
  const link = invitationLink(page, invitation)

  it('are found in whatever surrounds them', () => {
    expect(readInvitation(link)).to.deep.equal(invitation)
    expect(readInvitation(`Join us:\n<${link}>, Bob`)).to.deep.equal(invitation)
    expect(readInvitation(`(see https://example.org/handbook and ${link}).`)).to.deep.equal(invitation)
    expect(readInvitation(`#secret=${secret}&relay=${relay}`)).to.deep.include({ secret, relays: [relay] })
    expect(readInvitation(`secret=${secret}`)).to.deep.include({ secret, apiUrl: undefined })
  })

  it('are not seen in other text', () => {
    for (const text of ['', 'octocat/Hello-World', secret, 'https://example.org/#top', 'my secret= is long', relay]) {
      expect(readInvitation(text), text).to.equal(undefined)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readInvitation(text)))
  })

  it('have the secret after the #, never before it, and mean the same when they are read', () => {
    const filled = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== '')
    const name = fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/)
    fc.assert(
      fc.property(filled, fc.array(filled), fc.uniqueArray(name, { maxLength: 5 }), (text, relays, repositories) => {
        const meant = { ...invitation, secret: text.trim(), relays, repositories }
        const made = invitationLink(page, meant)
        expect(readInvitation(made)).to.deep.equal(meant)
        const { hash, href } = new URL(made)
        expect(href.slice(0, -hash.length)).to.equal(
          invitationLink(page, { ...meant, secret: 'other', relays: [] }).split('#')[0]
        )
      })
    )
  })
})

describe('what is entered as a secret', () => {
  const secret = createSecret()
    .replace(/.$/, 'A')
    .replace(/^ghm1_.../, 'ghm1_aB1')
  const bare = secret.slice('ghm1_'.length)

  it('is mended where it is clear what was meant', () => {
    expect(adviceOn(secret)).to.deep.equal({})
    const cases = [
      bare,
      `_${bare}`,
      `1_${bare}`,
      `GHM1_${bare}`,
      `"${secret}"`,
      `GHMESH_SECRET=${secret}`,
      `${secret}.`
    ]
    const wrapped = `${secret.slice(0, 20)} ${secret.slice(20)}`
    for (const text of [...cases, wrapped]) expect(adviceOn(text).mended, text).to.equal(secret)
  })

  it('is refused where it would found an empty group', () => {
    expect(adviceOn('').error).to.include('Enter')
    expect(adviceOn('ghm1_cut').error).to.include('8 characters instead of 48')
    expect(adviceOn(`${secret}x`).error).to.include('49 characters instead of 48')
    expect(adviceOn(secret.replace(/.$/, '!')).error).to.include('mistyped')
    expect(adviceOn('https://team.example.org/?repositories=a/b').error).to.include('no secret')
    expect(adviceOn('ghp_0123456789').error).to.include('GitHub token')
    expect(adviceOn(relay).error).to.include('relay')
    expect(tokenError(secret)).to.include('secret')
  })

  it('may be a passphrase, with a warning where it is weak', () => {
    expect(adviceOn('tuesday').warning).to.include('weak')
    expect(adviceOn('A long passphrase, 4 of us').warning).to.equal(undefined)
    // As long as the bytes of a secret, but not random.
    expect(adviceOn('correct-horse-battery-staple-and-more-words')).not.to.have.property('error')
  })
})

describe('what is remembered', () => {
  const api = 'https://api.example.org'
  const key = `ghmesh dashboard ${api}`
  const settings = { secret: createSecret(), relays: [relay], token: 'token' }

  it('is there for the next visit until it is forgotten, for its own API only', () => {
    remember(api, settings)
    expect(readSettings(api)).to.deep.equal(settings)
    expect(isRemembered(api, settings)).to.equal(true)
    expect(readSettings('https://other.example.org')).to.equal(undefined)
    remember(api, undefined)
    expect(readSettings(api)).to.equal(undefined)
  })

  it('is nothing where something else was written: any page of the same origin can', () => {
    for (const text of ['', '{', 'null', '7', '{}', '{"relays":7}', '{"relays":[7]}', '{"relays":[],"secret":7}']) {
      lastingTexts.keep(key, text)
      expect(readSettings(api), text).to.equal(undefined)
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        lastingTexts.keep(key, text)
        readSettings(api)
      })
    )
    lastingTexts.forget(key)
  })
})

describe('the address of an API', () => {
  it('is that of a server', () => {
    for (const url of ['https://api.github.com', 'http://127.0.0.1:8080', 'https://github.example.org/api/v3']) {
      expect(isApiUrl(url), url).to.equal(true)
    }
    for (const url of ['', 'nonsense', 'ftp://host', 'javascript:alert(1)', 'https://a:b@host', 'https://host/?a=b']) {
      expect(isApiUrl(url), url).to.equal(false)
    }
  })
})
