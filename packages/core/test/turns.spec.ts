import { expect } from 'chai'
import { createTurns } from '../src/members/turns.ts'

describe('turns', () => {
  it('come one after the other, in order, whatever becomes of each', async () => {
    const turn = createTurns()
    const log: string[] = []
    const work = (name: string, fails = false) =>
      turn(async () => {
        log.push(`${name} begins`)
        await Promise.resolve()
        log.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const all = await Promise.allSettled([work('a'), work('b', true), work('c')])
    expect(log).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(all.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('let other work go first when they have taken long enough', async () => {
    const turn = createTurns()
    let others = 0
    const other = setInterval(() => others++)
    const busy = () => {
      const until = performance.now() + 4
      while (performance.now() < until);
    }
    let over = false
    const all: Promise<void>[] = []
    for (let i = 0; i < 50; i++) all.push(turn(async () => busy()))
    void Promise.all(all).then(() => {
      over = true
    })
    while (!over) await new Promise((resolve) => setTimeout(resolve))
    clearInterval(other)
    expect(others).to.be.above(5)
  })
})
