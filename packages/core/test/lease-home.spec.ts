import { expect } from 'chai'
import { createHome } from '../src/exchange/home.ts'
import type { LeaseEnd } from '../src/exchange/lease.ts'
import type { Group } from '../src/group/group.ts'

describe('the home of a lease', () => {
  it('whose holder cannot hand its answer over lets the next one try, whatever went wrong', async () => {
    const ended = Promise.withResolvers<LeaseEnd>()
    const home = createHome({
      cache: { find: async () => undefined },
      shareable: { keyOf: () => undefined },
      leases: { isHolder: () => true, renew() {}, settle: (_wireName, _peerId, end) => ended.resolve(end) },
      news: { take: () => false },
      pull: () => Promise.reject(new Error('the store has gone')),
      mayShare: () => true
    })
    const [key, hash] = [new Uint8Array(32), new Uint8Array(32)]
    const isExpected = home('holder', {} as Group, { version: 1, type: 'lease', key, state: 'stored', hash, asOf: 1 })
    expect(isExpected).to.equal(true)
    expect(await ended.promise).to.deep.equal({ state: 'failed' })
  })
})
