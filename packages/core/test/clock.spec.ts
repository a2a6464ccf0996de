import { expect } from 'chai'
import * as fc from 'fast-check'
import { createClock as create } from '../src/github/clock.ts'
import { defaultLimits } from '../src/limits.ts'

const local = Date.UTC(2026, 3, 1)
const dateOf = (at: number) => new Headers({ date: new Date(at).toUTCString() })
/** What a browser sees of an answer. */
const resetOf = (at: number) =>
  new Headers({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '1',
    'x-ratelimit-reset': String(Math.floor(at / 1000))
  })
const { maxHeardClockMs } = defaultLimits
const minute = 60_000
const createClock = (localNow: () => number) => create(localNow, maxHeardClockMs)
const offsetOf = (clock: ReturnType<typeof create>) => clock.now() - clock.local()

describe('clock', () => {
  it('is the local one until it knows better', () => {
    const clock = createClock(() => local)
    expect([offsetOf(clock), clock.fromOrigin]).to.deep.equal([0, false])
    expect(clock.now()).to.equal(local)
  })

  it('goes on where the local clock is set back, and follows it forward', () => {
    let [wall, passed] = [local, 1000]
    const clock = create(
      () => wall,
      maxHeardClockMs,
      () => passed
    )
    const pass = (ms: number, set = 0) => {
      passed += ms
      wall += ms + set
      return clock.now()
    }
    expect(pass(10)).to.equal(local + 10)
    expect(pass(10, -60 * minute)).to.equal(local + 20)
    expect(pass(minute)).to.equal(local + 20 + minute)
    expect(pass(0, 60 * minute)).to.equal(local + 20 + minute)
    expect(pass(0, 90 * minute), 'as after a sleep').to.equal(local + 20 + 91 * minute)
    const github = local + 5 * minute
    clock.learn(dateOf(github), clock.local(), clock.local())
    expect(Math.abs(clock.now() - github)).to.be.at.most(1000)
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
        expect(Math.abs(offsetOf(clock) - offset)).to.be.at.most(999 + (trips.length === 1 ? shortest : 5000 * 2))
      })
    )
  })

  it('stays where it is while answers agree with it', () => {
    const clock = createClock(() => local)
    for (const late of [0, 300, 999]) clock.learn(dateOf(local + late), local + late, local + late)
    expect(offsetOf(clock)).to.equal(0)
  })

  it('says how early and how late it can be, which each answer that agrees narrows', () => {
    const clock = createClock(() => local)
    const bounds = () => [clock.sentAt(local) - local, clock.most() - local]
    const learn = (said: number, sent: number, received: number) =>
      clock.learn(dateOf(local + said), local + sent, local + received)
    expect(bounds(), 'no answer yet').to.deep.equal([0, 0])
    learn(5000, 0, 200)
    expect(bounds()).to.deep.equal([4800, 5999])
    learn(7000, 2500, 2600)
    expect(bounds()).to.deep.equal([4800, 5499])
    learn(6000, 501, 501) // just so
    expect(bounds()).to.deep.equal([5499, 5499])
    learn(5000, 500, 500)
    expect(bounds()).to.deep.equal([5499, 5499])
    learn(1000, 0, 0)
    expect(bounds(), 'the local clock was set').to.deep.equal([1000, 1999])
  })

  it('that agrees with GitHub’s is taken to be right, not to be up to a second late', () => {
    const clock = createClock(() => local)
    clock.learn(dateOf(local), local, local)
    expect([clock.sentAt(local), clock.now(), clock.most()]).to.deep.equal([local, local, local])
  })

  it('can be as late as members say, however far that is, until GitHub’s has been read', () => {
    const clock = createClock(() => local)
    expect(clock.latest()).to.equal(local)
    clock.hear('a', local - 10 * minute)
    expect([clock.latest(), clock.most()]).to.deep.equal([local - maxHeardClockMs, local - maxHeardClockMs])
    clock.hear('a', local + 10 * minute)
    expect([clock.latest(), clock.most()]).to.deep.equal([local + 10 * minute, local + maxHeardClockMs])
    clock.learn(dateOf(local), local, local)
    expect(clock.latest()).to.equal(local)
  })

  it('learns nothing from no date', () => {
    const clock = createClock(() => local)
    clock.learn(new Headers(), local, local)
    for (const date of ['', 'yesterday']) clock.learn(new Headers({ date }), local, local)
    expect(clock.fromOrigin).to.equal(false)
  })

  it("takes the median of members' clocks, each once, so that one liar among them does not move it", () => {
    const clock = createClock(() => local)
    clock.hear('a', local + 100)
    clock.hear('b', local + 110)
    for (let i = 0; i < 9; i++) clock.hear('liar', local + 1e12)
    expect([offsetOf(clock), clock.fromOrigin]).to.deep.equal([110, false])
    expect(clock.now()).to.equal(local + 110)
    for (const [i, offset] of [-70, 20].entries()) clock.hear(`late ${i}`, local + offset)
    expect(offsetOf(clock)).to.equal(100)
  })

  it('goes by what members say that GitHub’s clock shows, not by how wrong their own clocks are', () => {
    let now = local - 20_000 // this one is late, the member's is right
    const clock = createClock(() => now)
    clock.hear('a', local)
    expect(clock.now()).to.equal(local)
    now += 5000
    expect(clock.now()).to.equal(local + 5000)
  })

  for (const [off, doubtful] of [
    [maxHeardClockMs, false],
    [-maxHeardClockMs, false],
    [maxHeardClockMs + 1, true],
    [-3 * minute, true]
  ] as const)
    it(`that members report to be ${off} ms off is ${doubtful ? '' : 'not '}in doubt, until GitHub’s has been read`, () => {
      const clock = createClock(() => local)
      expect(clock.isDoubtful, 'nobody has said anything').to.equal(false)
      clock.hear('a', local + off)
      expect(clock.isDoubtful).to.equal(doubtful)
      clock.learn(dateOf(local + off), local, local)
      expect(clock.isDoubtful).to.equal(false)
    })

  // README: "A page cannot read GitHub's clock"
  for (const honest of [0, 1])
    for (const liars of [1, 2, 10, 100])
      for (const lie of [1e12, -1e12, Number.MAX_SAFE_INTEGER, 2 * minute, -2 * minute])
        it(`${liars} liars that say ${lie} beside ${honest} honest: moved by half a minute at most`, () => {
          const clock = createClock(() => local)
          if (honest) clock.hear('honest', local + 10)
          for (let i = 0; i < liars; i++) clock.hear(`liar${i}`, local + lie)
          expect(Math.abs(offsetOf(clock))).to.be.at.most(maxHeardClockMs)
        })

  // README: "A page cannot read GitHub's clock"
  it('whatever members say, in whatever order, between own answers or before them', () => {
    const said = fc.record({
      peer: fc.nat(5),
      at: fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.maxSafeInteger())
    })
    const reset = fc.integer({ min: 0, max: 60 * minute })
    fc.assert(
      fc.property(
        fc.array(fc.oneof(said, reset), { maxLength: 40 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (all, wrong) => {
          const hearing = createClock(() => local)
          const deaf = createClock(() => local)
          for (const one of all) {
            if (typeof one === 'object') hearing.hear(String(one.peer), one.at)
            else for (const clock of [hearing, deaf]) clock.learn(resetOf(local + wrong + one), local, local)
            expect(Math.abs(offsetOf(hearing) - offsetOf(deaf))).to.be.at.most(maxHeardClockMs)
          }
          // And own answers do not mislead it by more than the window that they tell of.
          if (all.some((one) => typeof one === 'number'))
            expect(Math.abs(offsetOf(deaf) - wrong)).to.be.at.most(Math.max(Math.abs(wrong), 61 * minute))
        }
      )
    )
  })

  it('is put right by the end of the quota’s hour where it is wrong by more, in a browser too', () => {
    for (const wrong of [-300, -90, 90, 300]) {
      const clock = createClock(() => local)
      const github = local + wrong * minute
      clock.learn(resetOf(github + 30 * minute), local, local)
      expect(clock.fromOrigin).to.equal(false)
      expect(Math.abs(clock.now() - github)).to.be.at.most(31 * minute)
      expect(Math.abs(offsetOf(clock))).to.be.below(Math.abs(wrong * minute))
      // Members may say what they want: what GitHub has shown to be impossible stays so.
      clock.hear('liar', github + (wrong > 0 ? -1e12 : 1e12))
      expect(Math.abs(clock.now() - github)).to.be.at.most(31 * minute)
    }
  })

  it('is corrected by no more than it has to be: an hour, and a minute for what is rounded', () => {
    for (const [wrong, offset] of [
      [-300, -269],
      [300, 269]
    ] as const) {
      const clock = createClock(() => local)
      clock.learn(resetOf(local + (wrong + 30) * minute), local, local)
      expect(offsetOf(clock)).to.equal(offset * minute)
      clock.hear('a', local + offset * minute)
      expect(clock.isDoubtful, 'a member says the same').to.equal(false)
      clock.hear('a', local)
      expect(clock.isDoubtful).to.equal(true)
    }
  })

  it('believes the newest of GitHub’s answers once the local clock was set', () => {
    const clock = createClock(() => local)
    clock.learn(resetOf(local + 300 * minute), local, local)
    expect(offsetOf(clock)).to.equal(239 * minute)
    clock.learn(resetOf(local + 30 * minute), local, local)
    expect(offsetOf(clock)).to.equal(0)
  })

  it('is not set back by members once an answer bears its time, but runs at half its speed until it is right', () => {
    let now = local
    const clock = createClock(() => now)
    clock.hear('a', now - 4000)
    expect(offsetOf(clock), 'no answer yet').to.equal(-4000)
    clock.hear('a', now)
    expect(clock.sentAt(now)).to.equal(now)
    now += 1000
    clock.hear('a', now - 4000)
    const offsets = [0, 1000, 3000, 3000, 1000].map((ms) => {
      now += ms
      return offsetOf(clock)
    })
    expect(offsets).to.deep.equal([-500, -1000, -2500, -4000, -4000])
  })

  it('gives answers the times of their order, whatever members say meanwhile', () => {
    const step = fc.record({ passed: fc.nat(20_000), said: fc.option(fc.integer({ min: -minute, max: minute })) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let now = local
        let last = 0
        const clock = createClock(() => now)
        for (const { passed, said } of steps) {
          now += passed
          if (said !== null) clock.hear('a', now + said)
          const sentAt = clock.sentAt(now)
          expect(sentAt).to.be.at.least(last)
          expect(clock.most(), 'what is written now').to.be.at.least(sentAt)
          expect(Math.abs(sentAt - now), 'what members can do').to.be.at.most(maxHeardClockMs)
          last = sentAt
        }
      })
    )
  })

  it('gives an earlier request the earlier time, though its answer comes later', () => {
    const clock = createClock(() => local + 1000)
    expect([clock.sentAt(local + 900), clock.sentAt(local + 100)]).to.deep.equal([local + 900, local + 100])
  })

  it("forgets all hearsay once GitHub's own Date was read", () => {
    const clock = createClock(() => local)
    clock.hear('a', local + 1e6)
    clock.learn(dateOf(local), local, local)
    clock.hear('b', local + 1e6)
    expect([offsetOf(clock), clock.fromOrigin]).to.deep.equal([0, true])
  })

  it('remembers the last 64 members', () => {
    const clock = createClock(() => local)
    for (let i = 0; i < 64; i++) clock.hear(`old${i}`, local + 5)
    for (let i = 0; i < 64; i++) clock.hear(`new${i}`, local + 7)
    clock.hear('new0', local + 9)
    expect(offsetOf(clock)).to.equal(7)
  })
})
