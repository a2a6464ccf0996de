import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  type Confirmations,
  confirmedAt,
  pruneConfirmations,
  uniteConfirmations,
  withAnswer
} from '../src/confirmations.ts'
import { defaultLimits } from '../src/limits.ts'

const { confirmationMs, visibilityMs } = defaultLimits
const limits = { confirmationMs, visibilityMs, viewersPerBody: 10 }
const now = 1_000_000_000
const many = (count: number, at: (n: number) => number): Confirmations =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`viewer${n}`, at(n)]))

describe('confirmations', () => {
  it('tell when a viewer last saw a body, and when it may not any more', () => {
    const known = withAnswer(withAnswer({ a: 5 }, 'b', -7), 'c', 9)
    expect(['a', 'b', 'c', 'd'].map((viewer) => confirmedAt(known, viewer))).to.deep.equal([5, 0, 9, undefined])
  })

  it('count the later of two answers, whichever is heard first, and of two at once the one that ends the right', () => {
    for (const [a, b, expected] of [
      [5, -7, 0],
      [7, -5, 7],
      [5, -5, 0]
    ] as const) {
      expect(confirmedAt(uniteConfirmations({ me: a }, { me: b }), 'me')).to.equal(expected)
      expect(confirmedAt(uniteConfirmations({ me: b }, { me: a }), 'me')).to.equal(expected)
    }
  })

  it('are bounded, however many tokens ask', () => {
    let known: Confirmations = {}
    for (let n = 0; n < 8000; n++) {
      const at = now + n
      known = pruneConfirmations(withAnswer(known, `viewer${n}`, n % 3 === 0 ? -at : at), at, limits)
      expect(Object.keys(known).length).to.be.at.most(2 * limits.viewersPerBody + 1)
    }
  })

  it('forget looks that are too old to be served by, but for the newest few', () => {
    const old = pruneConfirmations(
      many(20, (n) => now - confirmationMs - n),
      now,
      limits
    )
    expect(Object.keys(old)).to.have.length(8)
    expect(confirmedAt(old, 'viewer0')).to.equal(now - confirmationMs)
    const young = many(9, (n) => now - n)
    expect(pruneConfirmations(young, now, limits)).to.equal(young)
  })

  it('remember the end of a right for as long as the body could count as public', () => {
    const ends = (ageMs: number) => pruneConfirmations({ ...many(9, (n) => now - n), gone: ageMs - now }, now, limits)
    expect(confirmedAt(ends(visibilityMs), 'gone')).to.equal(0)
    expect(confirmedAt(ends(visibilityMs + confirmationMs), 'gone')).to.equal(undefined)
  })

  it('where more rights ended than are remembered, everybody who has not looked since has to ask', () => {
    const known = pruneConfirmations({ ...many(12, (n) => n - now), before: now - 20, since: now - 1 }, now, limits)
    for (let n = 0; n < 12; n++) expect(confirmedAt(known, `viewer${n}`), `${n}`).to.equal(0)
    expect(confirmedAt(known, 'before')).to.equal(0)
    expect(confirmedAt(known, 'since')).to.equal(now - 1)
    expect(confirmedAt(known, 'never')).to.equal(0)
  })

  /** Answers as they come, and copies of what is known, kept by another process, that come back later. */
  const step = fc.record({
    viewer: fc.nat(20).map((n) => `viewer${n}`),
    ended: fc.boolean(),
    afterMs: fc.integer({ min: 1, max: confirmationMs / 4 }),
    copy: fc.boolean(),
    back: fc.boolean()
  })

  it('never give a right back that ended, whatever is forgotten and whatever comes back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let at = now
        let known: Confirmations = {}
        let copy: Confirmations = {}
        const last = new Map<string, { at: number; ended: boolean }>()
        for (const { viewer, ended, afterMs, copy: copies, back } of steps) {
          at += afterMs
          last.set(viewer, { at, ended })
          known = withAnswer(known, viewer, ended ? -at : at)
          if (back) known = uniteConfirmations(copy, known)
          known = pruneConfirmations(known, at, { ...limits, viewersPerBody: 3 })
          if (copies) copy = known
          for (const [name, word] of last) {
            const own = confirmedAt(known, name)
            const isLate = at - word.at >= visibilityMs + confirmationMs
            // What counts is served without asking: a look of the last hour, or, of a public body, no word at all.
            if (word.ended && own !== undefined) expect(at - own < confirmationMs, `${name} by a look`).to.equal(false)
            if (word.ended && !isLate) expect(own, `${name} by no word`).to.not.equal(undefined)
            if (!word.ended && own) expect(own).to.be.at.most(word.at)
          }
        }
      })
    )
  })

  it('of not too many viewers are the same in whatever order they come', () => {
    const answers = fc.array(fc.tuple(fc.nat(6), fc.integer({ min: -50, max: 50 })), { maxLength: 40 })
    const all = answers.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
    )
    const add = (known: Confirmations, [n, at]: readonly [number, number]) =>
      pruneConfirmations(uniteConfirmations(known, { [`viewer${n}`]: at }), 50, limits)
    fc.assert(
      fc.property(all, ([list, shuffled]) => {
        expect(shuffled.reduce(add, {})).to.deep.equal(list.reduce(add, {}))
      })
    )
  })
})
