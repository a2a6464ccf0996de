import { expect } from 'chai'
import { createTurns } from '../src/exchange/turns.ts'

describe('turns', () => {
  it('begin in order, sixteen at once, whatever becomes of each', async () => {
    const turn = createTurns()
    const begun: number[] = []
    let underWay = 0
    let most = 0
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        turn(async () => {
          begun.push(i)
          most = Math.max(most, ++underWay)
          await new Promise((resolve) => setTimeout(resolve, 1))
          underWay--
          if (i % 7 === 0) throw new Error(`${i}`)
          return i
        })
      )
    )
    expect(begun).to.deep.equal(Array.from({ length: 40 }, (_, i) => i))
    expect(most).to.equal(16)
    expect(all.map(({ status }) => status === 'rejected')).to.deep.equal(begun.map((i) => i % 7 === 0))
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
