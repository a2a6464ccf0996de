import { expect } from 'chai'
import { createShelfWork } from '../src/exchange/shelf-work.ts'

describe('work at shelves', () => {
  it('is done no faster than its pace, also after a wait', async () => {
    let given = 2
    let taken = 0
    let done = 0
    const pace = {
      take: () => taken < given && ++taken > 0,
      waitMs() {
        given++
        return 0
      }
    }
    const work = createShelfWork<number>(
      () => true,
      async () => {
        done++
        return undefined
      },
      pace
    )
    for (let n = 0; n < 20; n++) work.add(String(n), n)
    await work.idle()
    expect(done).to.equal(20)
    expect([given, taken]).to.deep.equal([20, 20])
  })
})
