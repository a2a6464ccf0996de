import { expect } from 'chai'
import * as fc from 'fast-check'
import { defaultLimits } from '../src/limits.ts'
import { createBucket } from '../src/peers/bucket.ts'
import { createReputation } from '../src/peers/reputation.ts'
import { createCounters } from '../src/stats.ts'

const none = { entries: 0, bytes: 0, evictions: 0, connectedPeers: 0, knownPeers: 0 }

describe('bucket', () => {
  it('gives its burst at once, then so many a second, and tells how long to wait', () => {
    let now = 0
    const bucket = createBucket(10, 3, () => now)
    expect([1, 2, 3, 4].map(() => bucket.take())).to.deep.equal([true, true, true, false])
    expect(bucket.waitMs()).to.equal(100)
    now += 100
    expect([bucket.take(), bucket.take()]).to.deep.equal([true, false])
    now += 60_000
    expect([bucket.take(4), bucket.take(3)]).to.deep.equal([false, true])
  })

  it('never gives more than burst and rate, whatever the clock does', () => {
    const steps = fc.array(fc.record({ by: fc.integer({ min: -1000, max: 1000 }), n: fc.integer({ min: 1, max: 5 }) }))
    fc.assert(
      fc.property(steps, (steps) => {
        let [now, forward, taken] = [10_000, 0, 0]
        const bucket = createBucket(10, 20, () => now)
        for (const { by, n } of steps) {
          now += by
          forward += Math.max(0, by)
          if (bucket.take(n)) taken += n
        }
        expect(taken).to.be.at.most(20 + forward / 100 + 1e-6)
      })
    )
  })
})

describe('guard', () => {
  function setUp() {
    let now = 0
    const out: string[] = []
    const counters = createCounters()
    const guard = createReputation(
      defaultLimits,
      counters,
      () => now,
      (peerId) => out.push(peerId)
    )
    return { guard, out, rejected: () => counters.now(none).rejected, wait: (ms: number) => (now += ms) }
  }

  it('shuts a peer out after 20 rejected messages, once, and no other', () => {
    const { guard, out, rejected } = setUp()
    for (let i = 0; i < 19; i++) guard.reject('bad', 'proof')
    expect(guard.hears('bad')).to.equal(true)
    for (let i = 0; i < 5; i++) guard.reject('bad', 'size')
    expect(guard.hears('bad')).to.equal(false)
    expect(guard.hears('good')).to.equal(true)
    expect(out).to.deep.equal(['bad'])
    expect(rejected()).to.deep.equal({ proof: 19, size: 5 })
  })

  it('hears it again a quarter of an hour after the last of them, and at once where the clock was set back', () => {
    const quarter = 900_000
    const { guard, out, wait } = setUp()
    wait(10 * quarter)
    for (let i = 0; i < 20; i++) guard.reject('bad', 'proof')
    wait(quarter - 1)
    expect(guard.hears('bad')).to.equal(false)
    wait(1)
    expect(guard.hears('bad')).to.equal(true)
    for (let i = 0; i < 20; i++) {
      expect(guard.hears('bad')).to.equal(true)
      guard.reject('bad', 'proof')
      wait(quarter / 30)
    }
    expect(guard.hears('bad')).to.equal(false)
    expect(out).to.deep.equal(['bad', 'bad'])
    wait(-5 * quarter)
    expect(guard.hears('bad')).to.equal(true)
  })

  it('allows 200 messages at once and 50 a second, by peer', () => {
    const { guard, rejected, wait } = setUp()
    const allowed = () => Array.from({ length: 300 }, () => guard.allows('a', 'a', 10)).filter(Boolean).length
    expect(allowed()).to.equal(200)
    expect(rejected()).to.deep.equal({ rate: 100 })
    expect(guard.allows('b', 'b', 10)).to.equal(true)
    wait(1000)
    expect(allowed()).to.equal(50)
  })

  it('allows so many bytes', () => {
    const { guard, wait } = setUp()
    const mebibyte = 1024 ** 2
    expect([1, 2, 3, 4, 5].map(() => guard.allows('a', 'a', mebibyte))).to.deep.equal([true, true, true, true, false])
    wait(1000)
    expect([guard.allows('a', 'a', mebibyte), guard.allows('a', 'a', mebibyte)]).to.deep.equal([true, false])
  })

  it('believes a peer no more after three mismatches within an hour, until they are older', () => {
    const { guard, wait } = setUp()
    guard.mismatch('a')
    guard.mismatch('a')
    expect(guard.trusts('a')).to.equal(true)
    wait(3_599_999)
    guard.mismatch('a')
    expect(guard.trusts('a')).to.equal(false)
    expect(guard.trusts('b')).to.equal(true)
    wait(1)
    expect(guard.trusts('a')).to.equal(true)
  })
})
