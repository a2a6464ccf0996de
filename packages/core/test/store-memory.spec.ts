import { expect } from 'chai'
import { storeContract } from '../src/contract/index.ts'
import { memoryStore } from '../src/store/memory.ts'

describe('memoryStore', () => {
  for (const { name, run } of storeContract({ create: memoryStore })) it(name, run)

  it('refuses bounds that mean nothing, and shows them', () => {
    for (const maxBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])
      expect(() => memoryStore({ maxBytes }))
        .to.throw(`maxBytes must be a positive integer, got ${maxBytes}`)
        .with.property('code', 'ERR_INVALID_OPTION')
    expect(() => memoryStore({ maxEntries: 0 })).to.throw('maxEntries must be a positive integer, got 0')
  })
})
