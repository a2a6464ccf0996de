import { expect } from 'chai'
import { createResponseTimes } from '../src/peers/response-times.ts'

describe('the response times of members', () => {
  let now = 0
  const made = () => createResponseTimes({ localNow: () => now, slowMs: 150, lateMs: 500 })
  const asked = (times: ReturnType<typeof made>, n: number) =>
    Array.from({ length: n }, () => times.isWorthAsking('a')).filter(Boolean).length
  beforeEach(() => {
    now = 0
  })

  it('leave alone who is late three times in a row, each time for longer, up to ten minutes', () => {
    const times = made()
    times.late('a')
    times.late('a')
    expect(times.isWorthAsking('a')).to.equal(true)
    for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
      times.late('a')
      now += pauseMs - 1
      expect(times.isWorthAsking('a'), `within ${pauseMs}`).to.equal(false)
      now += 1
      expect(times.isWorthAsking('a'), `after ${pauseMs}`).to.equal(true)
    }
    times.answered('a', 10)
    expect(asked(times, 8)).to.equal(8)
  })

  it('leave alone who is overtaken three times in a row after a long wait: it may never answer', () => {
    const times = made()
    const seen = () => [times.isWorthAsking('a'), times.isAnswering('a')]
    for (let i = 0; i < 9; i++) times.overtaken('a', 140)
    expect(seen()).to.deep.equal([true, true])
    for (let i = 0; i < 3; i++) times.overtaken('a', 200)
    expect(seen()).to.deep.equal([false, false])
    now += 30_000
    expect(seen()).to.deep.equal([true, true])
  })

  it('ask who is slow only now and then as often as before', () => {
    const times = made()
    times.github(100)
    times.answered('a', 499)
    for (let i = 0; i < 20; i++) {
      expect(times.isWorthAsking('a')).to.equal(true)
      times.answered('a', 5)
      times.late('a')
      times.overtaken('a', 300)
      times.answered('a', 400)
      expect(times.isWorthAsking('a')).to.equal(true)
      for (let n = 0; n < 3; n++) times.answered('a', 5)
    }
  })

  it('ask who is slower than GitHub one time in eight, until it is faster again', () => {
    const times = made()
    times.github(200)
    for (let i = 0; i < 5; i++) times.answered('a', 400)
    expect(asked(times, 16)).to.equal(2)
    expect(times.isAnswering('a')).to.equal(true)
    for (let i = 0; i < 10; i++) times.answered('a', 20)
    expect(asked(times, 16)).to.equal(16)
  })

  it('are not mended by an answer now and then', () => {
    const times = made()
    times.github(100)
    for (let i = 0; i < 20; i++) {
      times.late('a')
      times.answered('a', 5)
      times.answered('a', 5)
      times.late('a')
      times.answered('a', 5)
    }
    expect(asked(times, 16)).to.equal(2)
  })

  it('mind nobody who answers soon, however fast GitHub is, or who is as slow as GitHub', () => {
    const near = made()
    near.github(2)
    near.answered('a', 140)
    expect(asked(near, 8)).to.equal(8)
    const far = made()
    far.github(900)
    far.answered('a', 480)
    expect(asked(far, 8)).to.equal(8)
  })

  it('hold nothing against who has not been asked', () => {
    const times = made()
    times.github(1)
    times.late('b')
    times.late('b')
    expect(asked(times, 8)).to.equal(8)
  })
})
