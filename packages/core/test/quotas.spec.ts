import { expect } from 'chai'
import * as fc from 'fast-check'
import { createQuotas } from '../src/github/quotas.ts'

const hourMs = 3_600_000
const most = hourMs + 60_000

describe('quotas: what is left of a limit', () => {
  const start = Date.UTC(2026, 3, 1)
  const quota = (remaining: number, resetAt = start + hourMs, limit = 5000) => ({ limit, remaining, resetAt })

  it('is what GitHub said last, more or less', () => {
    const quotas = createQuotas(() => start)
    for (const remaining of [4000, 4100, 10]) {
      quotas.learn('a', quota(remaining))
      expect(quotas.of('a')).to.include(quota(remaining))
    }
    expect(quotas.of('b')).to.equal(undefined)
  })

  it('of members’ words, those count that know of less', () => {
    const quotas = createQuotas(() => start)
    expect(quotas.hear('a', quota(4000))).to.equal(true)
    for (const remaining of [4000, 4001, 5000]) expect(quotas.hear('a', quota(remaining))).to.equal(false)
    expect(quotas.hear('a', quota(3999))).to.equal(true)
    quotas.learn('a', quota(4500))
    expect(quotas.of('a')?.remaining).to.equal(4500)
  })

  it('is told once at each tenth, by the first member that learns of it', () => {
    const quotas = createQuotas(() => start)
    const tells = (remaining: number) => quotas.learn('a', quota(remaining))
    expect([4999, 4501, 4500, 4499, 4501, 4500].map(tells)).to.deep.equal([false, false, true, false, false, false])
    quotas.hear('a', quota(3990))
    expect([3989, 3501, 3500].map(tells)).to.deep.equal([false, false, true])
    expect(quotas.learn('b', quota(0, start + hourMs, 0)), 'a limit of nothing').to.equal(false)
  })

  it('never grows by what members say, ends with its reset, and is told ten times an hour at most', () => {
    const said = fc.record({
      isHeard: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: hourMs / 4 }),
      remaining: fc.integer({ min: 0, max: 5000 }),
      resetInMs: fc.oneof(fc.integer({ min: -hourMs, max: 2 * hourMs }), fc.constant(10 * 365 * 24 * hourMs))
    })
    fc.assert(
      fc.property(fc.array(said, { maxLength: 40 }), (steps) => {
        let now = start
        let told = 0
        const quotas = createQuotas(() => now)
        for (const { isHeard, afterMs, remaining, resetInMs } of steps) {
          const before = quotas.of('a')
          now += afterMs
          const known = quotas.of('a')
          if (!known) told = 0
          expect(known).to.equal(before && before.resetAt > now ? before : undefined)
          const one = quota(remaining, now + resetInMs)
          if (isHeard) {
            const counts = quotas.hear('a', one)
            expect(counts).to.equal(resetInMs > 0 && resetInMs <= most && remaining < (known?.remaining ?? Infinity))
            if (!counts) expect(quotas.of('a')).to.equal(known)
          } else if (quotas.learn('a', one)) told++
          expect(told).to.be.at.most(10)
        }
      })
    )
  })
})
