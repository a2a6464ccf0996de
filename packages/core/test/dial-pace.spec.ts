import { expect } from 'chai'
import { createDialPace } from '../src/peers/dial-pace.ts'

describe('the pace of dials', () => {
  it('is slow for a while after a dial that took longer than a question waits, until one is quick', () => {
    const pace = createDialPace({ limits: { dialsAtOnce: 8 }, random: () => 0 })
    expect(pace.isSlow).to.equal(false)
    pace.reached(60_000)
    expect(pace.isSlow).to.equal(true)
    expect(pace.atOnce).to.equal(1)
    pace.reached(20)
    expect(pace.isSlow).to.equal(false)
    expect(pace.atOnce).to.equal(2)
  })
})
