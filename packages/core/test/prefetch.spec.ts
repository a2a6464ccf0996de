import { expect } from 'chai'
import { fromHex } from '../src/bytes.ts'
import { createPrefetch, type Wanted } from '../src/exchange/prefetch.ts'
import type { Names } from '../src/group/group.ts'
import { createAllowances } from '../src/peers/allowances.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))

describe('bodies that were announced and not sent', () => {
  /** What is fetched ends when a test says so, with so many bytes or an error. */
  function setUp({ known = [] as string[], listKeys = 100 } = {}) {
    let now = 0
    const fetched: string[] = []
    const ends: ((outcome: number | Error) => void)[] = []
    const prefetch = createPrefetch({
      limits: { listKeys },
      allowance: createAllowances(100, 1000, () => now),
      self: () => 'self',
      known: () => known,
      pull: ({ peerId, wireKey }) => {
        fetched.push(`${peerId} ${wireKey[0]}`)
        return new Promise((resolve, reject) => {
          ends.push((outcome) => (typeof outcome === 'number' ? resolve(outcome) : reject(outcome)))
        })
      }
    })
    return {
      fetched,
      stop: prefetch.stop,
      pass(ms: number) {
        now += ms
      },
      add: (peerId: string, ...keys: number[]) => {
        for (const key of keys)
          prefetch.add({ peerId, wireKey: fromHex(key.toString(16).padStart(64, '0')).reverse(), named: {} } as {
            named: Names
          } & Wanted)
      },
      async end(outcome: number | Error) {
        ends.shift()?.(outcome)
        await turn()
      }
    }
  }

  it('are fetched by one of their homes, four at once, in the order in which they came', async () => {
    const { add, fetched, end } = setUp()
    add('a', 1, 2, 3, 4, 5, 6)
    expect(fetched).to.deep.equal(['a 1', 'a 2', 'a 3', 'a 4'])
    await end(1)
    expect(fetched.slice(4)).to.deep.equal(['a 5'])
    for (let i = 0; i < 5; i++) await end(1)
    add('a', 7)
    expect(fetched.slice(5)).to.deep.equal(['a 6', 'a 7'])
  })

  it('are not fetched by others', () => {
    const { add, fetched } = setUp({ known: ['a', 'b'] })
    add('a', 1, 2, 3)
    expect(fetched).to.deep.equal(['a 2', 'a 3'])
  })

  it('that cannot be fetched stop none that come after them', async () => {
    const { add, fetched, end } = setUp()
    add('a', 1, 2, 3, 4, 5, 6)
    await end(new Error('broken'))
    await end(0)
    expect(fetched.slice(4)).to.deep.equal(['a 5', 'a 6'])
  })

  it('of one member are fetched as fast as it may send what nobody asked for', async () => {
    const { add, fetched, end, pass } = setUp()
    add('a', 1)
    await end(1500)
    add('a', 2)
    add('b', 3)
    expect(fetched).to.deep.equal(['a 1', 'b 3'])
    pass(4000)
    add('a', 4)
    expect(fetched).to.deep.equal(['a 1', 'b 3'])
    pass(2000)
    add('a', 5)
    expect(fetched.slice(2)).to.deep.equal(['a 5'])
  })

  it('wait only up to a number', async () => {
    const { add, fetched, end } = setUp({ listKeys: 2 })
    add('a', 1, 2, 3, 4, 5, 6, 7, 8)
    for (let i = 0; i < 8; i++) await end(0)
    expect(fetched).to.deep.equal(['a 1', 'a 2', 'a 3', 'a 4', 'a 5', 'a 6'])
  })

  it('are fetched no more after the stop', async () => {
    const { add, fetched, end, stop } = setUp()
    add('a', 1, 2, 3, 4, 5)
    stop()
    await end(1)
    expect(fetched).to.have.length(4)
  })
})
