import { expect } from 'chai'
import { createEarlyPurges } from '../src/exchange/early-purges.ts'

describe('purges of members that come before GitHub’s clock was read', () => {
  function setUp(max = 10) {
    const clock = { fromOrigin: false, ahead: 0, at: 1000, local: () => clock.at, now: () => clock.at + clock.ahead }
    const purged: [target: string | undefined, asOf: number][] = []
    const early = createEarlyPurges({
      clock,
      max,
      purged: async ([target], asOf) => void purged.push([target, asOf])
    })
    return { clock, early, purged }
  }

  it('count again once it is known, for no later than when they came', async () => {
    const { clock, early, purged } = setUp()
    await early.purged(['octo/tools'], 9000, 'a')
    clock.at = 3000
    Object.assign(clock, { fromOrigin: true, ahead: 500 })
    early.timeIsKnown()
    expect(purged).to.deep.equal([
      ['octo/tools', 9000],
      ['octo/tools', 1500]
    ])
  })

  it('count once where it is known already', async () => {
    const { clock, early, purged } = setUp()
    clock.fromOrigin = true
    await early.purged(['octo/tools'], 900, 'a')
    early.timeIsKnown()
    expect(purged).to.deep.equal([['octo/tools', 900]])
  })

  it('are remembered up to a number, the newest', async () => {
    const { early, purged } = setUp(2)
    for (const target of ['a/a', 'b/b', 'c/c']) await early.purged([target], 900, 'a')
    purged.length = 0
    early.timeIsKnown()
    expect(purged.map(([target]) => target)).to.deep.equal(['b/b', 'c/c'])
  })
})
