import { expect } from 'chai'
import * as fc from 'fast-check'
import { createClock } from '../src/github/clock.ts'

const local = Date.UTC(2026, 3, 1)
const dateOf = (at: number) => new Date(at).toUTCString()

describe('clock', () => {
  it('is the local one until it knows better', () => {
    const clock = createClock(() => local)
    expect(clock).to.include({ offsetMs: 0, fromOrigin: false })
    expect(clock.now()).to.equal(local)
  })

  it('learns from Date to within a second and the round trip, whatever the true offset', () => {
    const trip = fc.integer({ min: 0, max: 5000 })
    const trips = fc.array(fc.tuple(trip, trip, fc.integer({ min: 0, max: 100_000 })), { minLength: 1 })
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), trips, (offset, trips) => {
        const clock = createClock(() => local)
        let shortest = Number.POSITIVE_INFINITY
        for (const [there, back, later] of trips) {
          const sent = local + later
          clock.learn(dateOf(sent + there + offset), sent, sent + there + back)
          shortest = Math.min(shortest, there + back)
        }
        expect(clock.fromOrigin).to.equal(true)
        expect(Math.abs(clock.offsetMs - offset)).to.be.at.most(999 + (trips.length === 1 ? shortest : 5000 * 2))
      })
    )
  })

  it('stays where it is while answers agree with it', () => {
    const clock = createClock(() => local)
    for (const late of [0, 300, 999]) clock.learn(dateOf(local + late), local + late, local + late)
    expect(clock.offsetMs).to.equal(0)
  })

  it('learns nothing from no date', () => {
    const clock = createClock(() => local)
    for (const date of [null, '', 'yesterday']) clock.learn(date, local, local)
    expect(clock.fromOrigin).to.equal(false)
  })

  it("takes the median of members' clocks, each once, so that one liar does not move it", () => {
    const clock = createClock(() => local)
    clock.hear('a', 100)
    clock.hear('b', 110)
    for (let i = 0; i < 9; i++) clock.hear('liar', 1e12)
    expect(clock).to.include({ offsetMs: 110, fromOrigin: false })
    expect(clock.now()).to.equal(local + 110)
  })

  it("forgets all hearsay once GitHub's own Date was read", () => {
    const clock = createClock(() => local)
    clock.hear('a', 1e6)
    clock.learn(dateOf(local), local, local)
    clock.hear('b', 1e6)
    expect(clock).to.include({ offsetMs: 0, fromOrigin: true })
  })

  it('remembers the last 64 members', () => {
    const clock = createClock(() => local)
    for (let i = 0; i < 64; i++) clock.hear(`old${i}`, 5)
    for (let i = 0; i < 64; i++) clock.hear(`new${i}`, 7)
    clock.hear('new0', 9)
    expect(clock.offsetMs).to.equal(7)
  })
})
