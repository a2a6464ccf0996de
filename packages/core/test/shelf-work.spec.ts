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

  it('is what it has become while it waited for its pace', async () => {
    const paced = [false, true, true]
    const done: string[] = []
    const work = createShelfWork<string>(
      () => true,
      async (key, what) => void done.push(`${key} ${what}`),
      {
        take: () => paced.shift() as boolean,
        waitMs() {
          queueMicrotask(() => work.add('a', 'take away'))
          return 0
        }
      }
    )
    work.add('a', 'leave')
    await work.idle()
    expect(done).to.deep.equal(['a take away'])
  })

  it('rests as it is told, and is done again unless it has become other work', async () => {
    const done: string[] = []
    const work = createShelfWork<string>(
      () => true,
      async (key, what) => {
        done.push(`${key} ${what}`)
        if (what === 'leave' && key === 'b') work.add('b', 'take away')
        return what === 'leave' && done.length < 3 ? 0 : undefined
      }
    )
    work.add('a', 'leave')
    work.add('b', 'leave')
    await work.idle()
    expect(done).to.deep.equal(['a leave', 'b leave', 'a leave', 'b take away'])
  })

  it('that fails is done, and the rest goes on', async () => {
    const done: string[] = []
    const work = createShelfWork<string>(
      () => true,
      async (key) => {
        done.push(key)
        if (key === 'a') throw new Error('broken')
        return undefined
      }
    )
    work.add('a', 'leave')
    work.add('b', 'leave')
    await work.idle()
    expect(done).to.deep.equal(['a', 'b'])
  })

  it('waits until there is somebody to do it at, and ends with the stop, in a rest too', async () => {
    let canWork = false
    let rested = 0
    const done: string[] = []
    const work = createShelfWork<string>(
      () => canWork,
      async (key) => {
        done.push(key)
        rested++
        return 3_600_000
      }
    )
    work.add('a', 'leave')
    await work.idle()
    expect(done).to.deep.equal([])
    canWork = true
    work.start()
    while (rested === 0) await new Promise((resolve) => setTimeout(resolve))
    work.stop()
    await work.idle()
    work.add('b', 'leave')
    work.start()
    await work.idle()
    expect(done).to.deep.equal(['a'])
  })
})
