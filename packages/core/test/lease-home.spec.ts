import { expect } from 'chai'
import { createHome } from '../src/exchange/home.ts'
import type { LeaseEnd } from '../src/exchange/lease.ts'
import type { Group } from '../src/group/group.ts'
import { createAllowances } from '../src/peers/allowances.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))

describe('the home of a lease', () => {
  /** Each fetch ends when a test says so, with so many bytes or an error; nothing that comes is worth keeping. */
  function setUp(awaitedHere: (wireName: string) => boolean = () => false) {
    const ends: [number | undefined, LeaseEnd][] = []
    const fetched: (number | undefined)[] = []
    const fetches: { resolve(byteLength: number): void; reject(error: Error): void }[] = []
    const home = createHome({
      cache: { find: async () => undefined },
      shareable: { keyOf: () => undefined },
      leases: {
        isHolder: () => true,
        renew() {},
        settle: (wireName, _peerId, end) => void ends.push([Number(`0x${wireName}`), end])
      },
      news: { take: () => false, isAwaited: (wireName) => awaitedHere(wireName) },
      pull({ wireKey }) {
        fetched.push(wireKey[31])
        return new Promise((resolve, reject) => fetches.push({ resolve, reject }))
      },
      self: () => 'home',
      fetchAllowance: createAllowances(1, 1000, () => 0),
      mayShare: () => true
    })
    return {
      ends,
      fetched,
      fetches,
      stored(key: number, from = 'holder') {
        const said = { version: 1, type: 'lease', state: 'stored', asOf: 1 } as const
        return home(from, {} as Group, { ...said, key: new Uint8Array(32).fill(key, 31), hash: new Uint8Array(32) })
      }
    }
  }

  it('whose holder cannot hand its answer over lets the next one try, whatever went wrong', async () => {
    const { stored, fetches, ends } = setUp()
    expect(stored(1)).to.equal(true)
    await turn()
    fetches[0]?.reject(new Error('the store has gone'))
    await turn()
    expect(ends).to.deep.equal([[1, { state: 'failed' }]])
  })

  it('fetches what a holder has four at a time, each once however often that is said', async () => {
    const { stored, fetched, fetches } = setUp()
    for (const key of [1, 1, 2, 3, 4, 5, 1]) stored(key)
    stored(6, 'another')
    await turn()
    expect(fetched).to.deep.equal([1, 2, 3, 4, 6])
    fetches[0]?.resolve(10)
    await turn()
    expect(fetched).to.deep.equal([1, 2, 3, 4, 6, 5])
  })

  it('fetches no more for others than what one member may send unasked, but all that it waits for itself', async () => {
    const { stored, fetched, fetches, ends } = setUp((wireName) => wireName.endsWith('9'))
    stored(1)
    await turn()
    fetches[0]?.resolve(1500)
    await turn()
    stored(2)
    await turn()
    expect(ends.at(-1)).to.deep.equal([2, { state: 'failed' }])
    stored(9)
    stored(3, 'another')
    await turn()
    expect(fetched).to.deep.equal([1, 9, 3])
  })
})
