import { expect } from 'chai'
import * as fc from 'fast-check'
import { createReplayWindow } from '../src/group/replay.ts'

describe('replay window', () => {
  it('lets each counter in once, in any order', () => {
    const { firstTime } = createReplayWindow()
    expect([0, 2, 1, 2, 0, 3].map((n) => firstTime('s', n))).to.deep.equal([true, true, true, false, false, true])
  })

  it('keeps sessions apart', () => {
    const { firstTime } = createReplayWindow()
    expect([firstTime('a', 1), firstTime('b', 1), firstTime('a', 1)]).to.deep.equal([true, true, false])
  })

  it('counts what is 1,024 behind the newest as seen', () => {
    const { firstTime } = createReplayWindow()
    expect([5000, 5000 - 1023, 5000 - 1024, 0].map((n) => firstTime('s', n))).to.deep.equal([true, true, false, false])
  })

  it('never lets one in twice, and any in time once', () => {
    const counters = fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 300 })
    fc.assert(
      fc.property(counters, (counters) => {
        const { firstTime } = createReplayWindow()
        const seen = new Set<number>()
        let highest = -1
        for (const counter of counters) {
          expect(firstTime('s', counter)).to.equal(!seen.has(counter) && counter > highest - 1024)
          seen.add(counter)
          highest = Math.max(highest, counter)
        }
      })
    )
  })

  it('sweeps what it need not remember, and goes on right', () => {
    const { firstTime } = createReplayWindow()
    for (let n = 0; n < 10_000; n++) expect(firstTime('s', n)).to.equal(true)
    for (let n = 0; n < 10_000; n += 7) expect(firstTime('s', n)).to.equal(false)
  })

  it('remembers so many sessions', () => {
    const { firstTime } = createReplayWindow(2)
    for (const session of ['a', 'b', 'c']) firstTime(session, 1)
    expect([firstTime('c', 1), firstTime('b', 1), firstTime('a', 1)]).to.deep.equal([false, false, true])
  })
})
