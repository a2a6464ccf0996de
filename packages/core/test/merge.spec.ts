import { expect } from 'chai'
import * as fc from 'fast-check'
import { type Entry, merge } from '../src/entry.ts'
import { anEntry } from './fixtures/entries.ts'

const variants = 4
const mergeAll = (entries: readonly Entry[]) =>
  entries.reduce<Entry[]>((held, entry) => merge(held, entry, variants), [])
const hashes = (entries: readonly Entry[]) => entries.map(({ hash }) => hash)

/** Whether a body varies is a property of the body, as `inspect` sees it. */
const body = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6')
const sighting = fc
  .record({
    hash: body,
    asOf: fc.integer({ min: 1, max: 12 }),
    from: fc.option(fc.constantFrom('peer1', 'peer2'), { nil: undefined }),
    ended: fc.boolean()
  })
  .map(({ hash, asOf, from, ended }) =>
    anEntry({
      hash,
      asOf,
      from,
      variant: hash.startsWith('V'),
      takenAt: from && asOf,
      confirmed: from ? {} : { [`viewer${asOf % 2}`]: ended ? -asOf : asOf }
    })
  )

describe('merge', () => {
  it('keeps only the newest of bodies that are the same for all', () => {
    const held = mergeAll([
      anEntry({ hash: 'a', asOf: 1 }),
      anEntry({ hash: 'b', asOf: 3 }),
      anEntry({ hash: 'c', asOf: 2 })
    ])
    expect(hashes(held)).to.deep.equal(['b'])
  })

  it('keeps the newest four variants, newest first', () => {
    const held = mergeAll([1, 5, 3, 2, 4].map((asOf) => anEntry({ hash: `v${asOf}`, asOf, variant: true })))
    expect(hashes(held)).to.deep.equal(['v5', 'v4', 'v3', 'v2'])
  })

  it('keeps one body for all beside variants, in whatever order they came', () => {
    const [old, plain, variant] = [
      anEntry({ hash: 'old', asOf: 1 }),
      anEntry({ hash: 'plain', asOf: 2 }),
      anEntry({ hash: 'variant', asOf: 3, variant: true })
    ]
    expect(hashes(mergeAll([old, plain, variant]))).to.deep.equal(['variant', 'plain'])
    expect(hashes(mergeAll([variant, old, plain]))).to.deep.equal(['variant', 'plain'])
  })

  it('gives the same for every order, and for what came twice', () => {
    const shuffled = fc
      .array(sighting, { maxLength: 12 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })))
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        const held = mergeAll(all)
        const effect = (entries: Entry[]) => entries.map(({ hash, asOf, variant }) => ({ hash, asOf, variant }))
        expect(effect(mergeAll(again))).to.deep.equal(effect(held))
        expect(held.length).to.be.at.most(variants)
        expect(held.filter(({ variant }) => !variant).length).to.be.at.most(1)
        expect(effect(held.reduce((into, entry) => merge(into, entry, variants), held))).to.deep.equal(effect(held))
      })
    )
  })

  it('unites sightings of one body in every detail alike, whatever the order', () => {
    const one = sighting.map((entry) => ({ ...entry, hash: 'V1', variant: true }))
    const shuffled = fc
      .array(one, { minLength: 1, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        expect(mergeAll(again)).to.deep.equal(mergeAll(all))
      })
    )
  })

  describe('of one body', () => {
    const own = anEntry({
      asOf: 5,
      public: false,
      validator: 'verbatim',
      headers: { link: 'own' },
      confirmed: { me: 5 }
    })
    const told = anEntry({ asOf: 9, from: 'peer', takenAt: 9, public: true, headers: { link: 'told' } })

    for (const [order, pair] of Object.entries({ 'own, then told': [own, told], 'told, then own': [told, own] }))
      it(`lets the own answer's facts stand and takes the newer time (${order})`, () => {
        const [held] = mergeAll(pair)
        expect(held).to.deep.include({ asOf: 9, public: false, validator: 'verbatim', headers: { link: 'own' } })
        expect(held?.confirmed).to.deep.equal({ me: 5 })
        expect([held?.from, held?.takenAt]).to.deep.equal([undefined, undefined])
      })

    it('remembers when it was first taken from members, so that repeating it puts off no look of our own', () => {
      const again = anEntry({ asOf: 20, from: 'other', takenAt: 20 })
      expect(mergeAll([told, again])[0]).to.include({ asOf: 20, from: 'other', takenAt: 9 })
      expect(mergeAll([again, told])[0]).to.include({ asOf: 20, from: 'other', takenAt: 9 })
    })

    it('once seen to vary or to be local, it stays so', () => {
      const marked = anEntry({ asOf: 1, variant: true, local: true })
      expect(mergeAll([marked, own])[0]).to.include({ variant: true, local: true })
      expect(mergeAll([own, marked])[0]).to.include({ variant: true, local: true })
    })

    it('keeps the newest confirmation of each viewer', () => {
      const other = anEntry({ asOf: 7, confirmed: { me: 3, you: 7 } })
      expect(mergeAll([own, other])[0]?.confirmed).to.deep.equal({ me: 5, you: 7 })
      expect(mergeAll([other, own])[0]?.confirmed).to.deep.equal({ me: 5, you: 7 })
    })

    it('gives an ended right back for a newer look of that viewer only', () => {
      const ended = anEntry({ asOf: 5, confirmed: { me: -5 } })
      const freshened = anEntry({ asOf: 8, confirmed: { me: 5 } })
      const looked = anEntry({ asOf: 8, confirmed: { me: 8 } })
      for (const pair of [
        [ended, freshened],
        [freshened, ended]
      ])
        expect(mergeAll(pair)[0]?.confirmed).to.deep.equal({ me: -5 })
      for (const pair of [
        [ended, looked],
        [looked, ended]
      ])
        expect(mergeAll(pair)[0]?.confirmed).to.deep.equal({ me: 8 })
    })
  })
})
