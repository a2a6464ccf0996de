import { expect } from 'chai'
import { busyMs, createPatientTimer } from '../src/exchange/patient-timer.ts'

describe('a patient timer', () => {
  /** A timer, what it has called, and a thread that comes to what is due so long after it was. */
  function setUp() {
    let now = 1000
    let due: { work(): void; at: number } | undefined
    const called: string[] = []
    const timers = {
      now: () => now,
      later(work: () => void, ms: number) {
        const mine = { work, at: now + ms }
        due = mine
        return () => {
          if (due === mine) due = undefined
        }
      }
    }
    return {
      timer: createPatientTimer((isBusy) => called.push(isBusy ? 'late on a busy thread' : 'late'), timers),
      called,
      /** Returns how long after the first moment it fired; undefined where nothing is due. */
      fire(lateMs = 0): number | undefined {
        if (!due) return undefined
        const { work, at } = due
        due = undefined
        now = at + lateMs
        work()
        return now - 1000
      }
    }
  }

  it('is late when the time is over', () => {
    const { timer, called, fire } = setUp()
    timer.start(500)
    expect(fire(busyMs)).to.equal(500 + busyMs)
    expect(called).to.deep.equal(['late'])
    expect(fire()).to.equal(undefined)
  })

  it('waits on for as long as the thread was late, for what it has not read yet', () => {
    const { timer, called, fire } = setUp()
    timer.start(500)
    fire(200)
    expect(called).to.deep.equal([])
    expect(fire()).to.equal(900)
    expect(called).to.deep.equal(['late'])
  })

  it('waits no longer than twice its time, however busy the thread is', () => {
    const { timer, called, fire } = setUp()
    timer.start(500)
    fire(300)
    expect(fire(300), 'there were 200 left').to.equal(1300)
    expect(called).to.deep.equal(['late on a busy thread'])
    timer.start(500)
    fire(501)
    expect(called).to.have.length(2)
  })

  it('waits no longer than there is time in all', () => {
    const { timer, called, fire } = setUp()
    timer.start(500, 600)
    fire(60)
    expect(fire()).to.equal(600)
    expect(called).to.deep.equal(['late'])
    timer.start(500, 200)
    expect(fire()).to.equal(800)
  })

  it('is not late once it was stopped, and begins again when it is started', () => {
    const { timer, called, fire } = setUp()
    timer.start(500)
    fire(200)
    timer.stop()
    expect(fire()).to.equal(undefined)
    timer.start(100)
    timer.start(300)
    fire()
    expect(called).to.deep.equal(['late'])
    expect(fire()).to.equal(undefined)
  })
})
