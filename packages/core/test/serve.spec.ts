import { expect } from 'chai'
import fc from 'fast-check'
import type { Entry } from '../src/entry.ts'
import { isFresh, ttlMs } from '../src/rules/fresh.ts'
import { type Asker, assess, mayServeStale } from '../src/rules/serve.ts'
import { anEntry } from './fixtures/entries.ts'

const minute = 60_000
const hour = 60 * minute
const now = 1_000 * hour

const asker = (parts: Partial<Asker> = {}): Asker => ({
  viewer: 'me',
  anonymous: false,
  githubNow: now,
  purgedAt: 0,
  revokedAt: 0,
  hidden: false,
  isOpen: true,
  trusts: () => true,
  limits: { confirmationMs: hour, freshMs: 60_000, clockSkewMs: 5000 },
  ...parts
})
const verdictOn = (entry: Partial<Entry>, by: Partial<Asker> = {}) =>
  assess({ key: 'k', entries: [anEntry({ asOf: now - 1, ...entry })] }, asker(by))
const ago = (ms: number) => now - ms

describe('judge: may it be served without asking GitHub?', () => {
  const permitted = (entry: Partial<Entry>, by?: Partial<Asker>) => verdictOn(entry, by)?.permitted

  it('nothing held, nothing to say', () => {
    expect(assess(undefined, asker())).to.equal(undefined)
    expect(assess({ key: 'k', entries: [] }, asker())).to.equal(undefined)
  })

  it('serves what is public to all, unless an own answer shows the repository to be private now', () => {
    expect(permitted({ confirmed: { you: ago(1) } })).to.equal(true)
    expect(permitted({ confirmed: { you: ago(1) } }, { hidden: true })).to.equal(false)
    expect(permitted({ confirmed: { me: ago(1) } }, { hidden: true })).to.equal(true)
  })

  it("serves a member's word where members are believed, else only what an own look has proven", () => {
    const trusts = () => false
    expect(permitted({ from: 'peer', takenAt: ago(1) })).to.equal(true)
    expect(permitted({ from: 'peer', takenAt: ago(1) }, { trusts })).to.equal(false)
    expect(permitted({ from: 'peer', confirmed: { me: ago(1) } }, { trusts })).to.equal(false)
    expect(permitted({ confirmed: { me: ago(1) } }, { trusts })).to.equal(true)
  })

  for (const [what, entry] of Object.entries({
    'what is private': { public: false },
    'a variant': { variant: true },
    "what is nobody else's (a credential, a private profile)": { local: true }
  }))
    it(`serves ${what} only within the hour of the viewer's own look`, () => {
      expect(permitted({ ...entry, confirmed: { me: ago(hour - 1) } })).to.equal(true)
      expect(permitted({ ...entry, confirmed: { me: ago(hour) } })).to.equal(false)
      expect(permitted({ ...entry, confirmed: { you: ago(1) } })).to.equal(false)
      expect(permitted({ ...entry, from: 'peer', takenAt: ago(1) })).to.equal(false)
    })

  it('serves one body for all no more once another viewer was seen to get another one', () => {
    const plain = anEntry({ hash: 'a', asOf: ago(1), confirmed: { you: ago(1) } })
    const variant = anEntry({ hash: 'b', asOf: ago(2), variant: true, confirmed: { you: ago(2) } })
    expect(assess({ key: 'k', entries: [plain, variant] }, asker())?.permitted).to.equal(false)
  })

  it('serves a variant that was fetched without a token to all who ask without one', () => {
    const entry = { variant: true, anonymous: true, confirmed: { anonymous: ago(1) } }
    expect(permitted(entry, { viewer: 'anonymous', anonymous: true })).to.equal(true)
    expect(permitted(entry)).to.equal(false)
  })

  it('serves what a token saw to those without one only where the API is open to them', () => {
    const without = { viewer: 'anonymous', anonymous: true }
    const seen = { confirmed: { you: ago(1) } }
    expect(permitted(seen, { ...without, isOpen: true })).to.equal(true)
    expect(permitted(seen, { ...without, isOpen: false })).to.equal(false)
    expect(permitted({ from: 'peer', takenAt: ago(1) }, { ...without, isOpen: false })).to.equal(false)
    for (const entry of [
      { ...seen, anonymous: true },
      { from: 'peer', takenAt: ago(1), anonymous: true }
    ])
      expect(permitted(entry, { ...without, isOpen: false })).to.equal(true)
    expect(permitted({ confirmed: { anonymous: ago(1) } }, { ...without, isOpen: false }), 'its own 304').to.equal(true)
    expect(permitted(seen, { isOpen: false }), 'with a token').to.equal(true)
  })

  it('ends a right at once: on the entry, or by a later answer for the repository or the token', () => {
    expect(permitted({ confirmed: { me: -ago(1), you: ago(1) } })).to.equal(false)
    expect(permitted({ asOf: ago(10), confirmed: { me: ago(10) } }, { revokedAt: ago(5) })).to.equal(false)
    expect(permitted({ asOf: ago(10), confirmed: { me: ago(10) } }, { revokedAt: ago(20) })).to.equal(true)
  })

  it('picks what is permitted, else what this viewer once saw, else the newest', () => {
    const pick = (...entries: Partial<Entry>[]) =>
      assess({ key: 'k', entries: entries.map((entry) => anEntry({ variant: true, asOf: ago(1), ...entry })) }, asker())
        ?.entry.hash
    expect(pick({ hash: 'new' }, { hash: 'mine', confirmed: { me: ago(1) } })).to.equal('mine')
    expect(pick({ hash: 'new' }, { hash: 'mine', confirmed: { me: ago(5 * hour) } })).to.equal('mine')
    expect(pick({ hash: 'new' }, { hash: 'old', confirmed: { me: -ago(1) } })).to.equal('new')
  })

  // Two members asked at the same moment. The other one's 304 is of before a change, its clock a little ahead.
  it('does not go back to what this viewer saw before, because of a member’s word of the same moment', () => {
    const pick = (aheadMs: number, me: number) =>
      assess(
        {
          key: 'k',
          entries: [
            anEntry({ variant: true, hash: 'before', asOf: ago(3000) + aheadMs, confirmed: { me: ago(30_000) } }),
            anEntry({ variant: true, hash: 'after', asOf: ago(3000), confirmed: { me } })
          ]
        },
        asker()
      )?.entry.hash
    expect(pick(18, ago(3000))).to.equal('after')
    expect(pick(1999, ago(3000))).to.equal('after')
    expect(pick(2000, ago(3000))).to.equal('before')
    expect(pick(18, ago(40_000))).to.equal('before')
    expect(pick(18, -ago(3000))).to.equal('before')
  })
})

describe('judge: is it fresh?', () => {
  const fresh = (entry: Partial<Entry>, by?: Partial<Asker>) =>
    verdictOn({ confirmed: { you: entry.asOf ?? now }, ...entry }, by)?.fresh

  it("for GitHub's max-age from when it was asked for, or for as long as the user says", () => {
    expect(fresh({ asOf: ago(minute - 1) })).to.equal(true)
    expect(fresh({ asOf: ago(minute) })).to.equal(false)
    expect(fresh({ asOf: ago(minute) }, { freshMs: hour })).to.equal(true)
    expect(fresh({ asOf: ago(1) }, { freshMs: 0 })).to.equal(false)
  })

  it('is not fresh where it lies ahead of GitHub’s clock, and no look from there gives a right', () => {
    expect(fresh({ asOf: ago(-5000) })).to.equal(true)
    for (const ahead of [5001, hour, 48 * hour]) {
      expect(fresh({ asOf: ago(-ahead) }), String(ahead)).to.equal(false)
      expect(fresh({ asOf: ago(-ahead) }, { freshMs: 100 * hour })).to.equal(false)
      expect(verdictOn({ public: false, confirmed: { me: ago(-ahead) } })?.permitted).to.equal(false)
    }
  })

  it('what others keep fresh, for an hour from the last own look', () => {
    expect(fresh({ asOf: ago(1), confirmed: { you: ago(hour - 1) } })).to.equal(true)
    expect(fresh({ asOf: ago(1), confirmed: { you: ago(hour) } })).to.equal(false)
    expect(fresh({ asOf: ago(1), confirmed: {}, from: 'peer', takenAt: ago(hour - 1) })).to.equal(true)
    expect(fresh({ asOf: ago(1), confirmed: {}, from: 'peer', takenAt: ago(hour) })).to.equal(false)
  })

  it('what nobody else kept fresh, for longer than an hour where the user says so', () => {
    expect(fresh({ asOf: ago(2 * hour), confirmed: { you: ago(2 * hour) } }, { freshMs: 3 * hour })).to.equal(true)
  })

  it('until a write or purge', () => {
    expect(fresh({ asOf: ago(10) }, { purgedAt: ago(11) })).to.equal(true)
    expect(fresh({ asOf: ago(10) }, { purgedAt: ago(10) })).to.equal(false)
  })

  it("by the viewer's own look alone where members are not believed", () => {
    const trusts = () => false
    expect(fresh({ asOf: ago(1), confirmed: { me: ago(minute) } }, { trusts })).to.equal(false)
    expect(fresh({ asOf: ago(1), confirmed: { me: ago(2) } }, { trusts })).to.equal(true)
    expect(fresh({ asOf: ago(1) }, { trusts })).to.equal(false)
  })
})

describe('mayServeStale: better than an error of GitHub?', () => {
  const day = 24 * hour
  const may = (entry: Partial<Entry>, by: Partial<Asker> = {}, staleIfErrorMs = day) =>
    mayServeStale(verdictOn(entry, by), asker(by), staleIfErrorMs)

  it('never without an entry, never when switched off, never older than the bound', () => {
    expect(mayServeStale(undefined, asker(), day)).to.equal(false)
    expect(may({ confirmed: { me: ago(1) } }, {}, 0)).to.equal(false)
    expect(may({ asOf: now + 3, confirmed: { me: now } }, {}, 0), 'a clock ahead').to.equal(false)
    expect(may({ asOf: ago(day), confirmed: { me: ago(day) } })).to.equal(false)
  })

  it('what all may read, and what the viewer saw that is public: up to the bound, not just for the hour', () => {
    expect(may({ asOf: ago(day - 1), confirmed: { you: ago(day - 1) } })).to.equal(true)
    expect(may({ asOf: ago(5 * hour), local: true, confirmed: { me: ago(5 * hour) } })).to.equal(true)
  })

  it('what was shown to be private, or varies: within the hour of the viewer’s own look only', () => {
    for (const entry of [
      { public: false, publicAt: ago(2 * hour) },
      { public: false, from: 'peer' },
      { variant: true }
    ]) {
      expect(may({ ...entry, asOf: ago(hour - 1), confirmed: { me: ago(hour - 1) } })).to.equal(true)
      expect(may({ ...entry, asOf: ago(hour), confirmed: { me: ago(hour) } })).to.equal(false)
    }
  })

  it('what nothing has shown to be public or private: up to the bound, to a viewer that saw it itself', () => {
    const unknown = { public: false, asOf: ago(day - 1) }
    expect(may({ ...unknown, confirmed: { me: ago(day - 1) } })).to.equal(true)
    expect(may({ ...unknown, confirmed: { you: ago(1) } })).to.equal(false)
    expect(may({ ...unknown, confirmed: { me: -ago(1) } })).to.equal(false)
    expect(may({ ...unknown, confirmed: { me: ago(9) } }, { revokedAt: ago(8) })).to.equal(false)
  })

  it('what the viewer saw while it was public, but is private now: within the hour', () => {
    const seen = (at: number) => may({ asOf: at, confirmed: { me: at } }, { hidden: true })
    expect([seen(ago(hour - 1)), seen(ago(hour))]).to.deep.equal([true, false])
  })

  it('never what a token saw to those without one, where the API is not open to them', () => {
    const without = { viewer: 'anonymous', anonymous: true, isOpen: false }
    expect(may({ asOf: ago(5 * hour), confirmed: { you: ago(5 * hour) } }, without)).to.equal(false)
    expect(may({ asOf: ago(5 * hour), anonymous: true, confirmed: { anonymous: ago(5 * hour) } }, without)).to.equal(
      true
    )
  })

  it("never to somebody whose right has ended, nor another viewer's own", () => {
    expect(may({ confirmed: { me: -ago(1), you: ago(1) } })).to.equal(false)
    expect(may({ asOf: ago(9), confirmed: { me: ago(9) } }, { revokedAt: ago(8) })).to.equal(false)
    expect(may({ local: true, confirmed: { you: ago(1) } })).to.equal(false)
    expect(may({ from: 'peer', takenAt: ago(1) }, { trusts: () => false })).to.equal(false)
  })
})

describe('rules: how long an answer stays fresh', () => {
  const ttl = (entry: Partial<Entry>, by: Partial<Asker> = {}) =>
    ttlMs(anEntry({ asOf: ago(1000), confirmed: { me: ago(1000) }, maxAgeMs: minute, ...entry }), asker(by))

  it('is what is left of its lifetime, and negative once that is over', () => {
    expect(ttl({})).to.equal(minute - 1000)
    expect(ttl({}, { freshMs: 5000 })).to.equal(4000)
    expect(ttl({ asOf: ago(2 * minute), confirmed: { me: ago(2 * minute) } })).to.equal(-minute)
  })

  it('ends with a purge, and with the hour after which members alone are not enough', () => {
    expect(ttl({}, { purgedAt: ago(500) })).to.equal(-500)
    const keptFresh = { from: 'peer', takenAt: ago(hour - 3000), confirmed: {} }
    expect(ttl(keptFresh)).to.equal(3000)
    expect(ttl({ ...keptFresh, takenAt: ago(hour + 1) })).to.equal(-1)
  })

  it('is above 0 if and only if it is fresh', () => {
    const at = fc.integer({ min: -10_000, max: 3 * hour }).map(ago)
    fc.assert(
      fc.property(at, at, at, fc.boolean(), fc.option(at, { nil: 0 }), (asOf, takenAt, own, isPeers, purgedAt) => {
        const entry = anEntry({
          asOf,
          maxAgeMs: minute,
          ...(isPeers && { from: 'peer', takenAt }),
          confirmed: { me: own }
        })
        const by = asker({ purgedAt })
        expect(ttlMs(entry, by) > 0).to.equal(isFresh(entry, by))
      })
    )
  })
})
