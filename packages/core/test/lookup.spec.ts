import { expect } from 'chai'
import { createLookup } from '../src/exchange/lookup.ts'
import type { Group } from '../src/group/group.ts'

const key = 'ab'.repeat(32)

/** A lookup whose thread does something else for so long, and the time that members then get. */
async function waitOf(busyMs: number, membersBudgetMs: number, nobodyElse = false): Promise<number | undefined> {
  let asked: number | undefined
  const lookup = createLookup({
    group: { wireKey: async () => new Uint8Array(32) } as unknown as Group,
    cache: { find: async () => undefined },
    limits: { membersBudgetMs, hedgeMs: 75 },
    roster: { list: () => [], known: () => ['a'], isMember: () => true },
    visits: { canAsk: () => true },
    reputation: { hears: () => true },
    responseTimes: { isWorthAsking: () => true, answered() {}, late() {} },
    providers: { of: () => [], remove() {} },
    requests: {
      async get() {
        asked = 0
        return undefined
      }
    },
    leasing: () => ['a'],
    async seek({ maxWaitMs }) {
      asked = maxWaitMs
      return undefined
    },
    accept: async () => ({ how: 'refused', reason: 'key' }),
    acceptValue: async () => false
  })
  const found = lookup.find(key, { nobodyElse, after: nobodyElse ? undefined : 1 })
  for (const end = performance.now() + busyMs; performance.now() < end; );
  await found
  return asked
}

describe('the budget for members', () => {
  it('is what is left by the clock, less what a busy thread will be late', async () => {
    expect(await waitOf(100, 10_000)).to.be.within(1, 9800)
  })

  it('is not begun by a thread that would hear no answer within it', async () => {
    expect(await waitOf(100, 150)).to.equal(undefined)
  })

  it('is larger where nobody else can be asked', async () => {
    expect(await waitOf(100, 150, true), 'asked all the same').to.equal(0)
  })
})
