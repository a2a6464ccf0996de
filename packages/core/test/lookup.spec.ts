import { expect } from 'chai'
import { createLookup } from '../src/exchange/lookup.ts'
import type { Group } from '../src/group/group.ts'

const key = 'ab'.repeat(32)

const blockFor = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** A lookup whose thread does something else for so long, and the time that members then get. */
async function waitOf(busyMs: number, membersBudgetMs: number, nobodyElse = false): Promise<number | undefined> {
  return (await timesOf({ busyMs, membersBudgetMs, nobodyElse })).members
}

/** The same, and the time that relays get once members have taken so long. */
async function timesOf({ busyMs = 0, membersBudgetMs = 500, nobodyElse = false, membersTakeMs = 0 }) {
  const asked: { members?: number; relays?: number } = {}
  const lookup = createLookup({
    group: { wireKey: async () => new Uint8Array(32) } as unknown as Group,
    cache: { find: async () => undefined },
    limits: { membersBudgetMs, hedgeMs: 75, fewMembers: 16 },
    roster: { list: () => [], known: () => ['a'], isMember: () => true },
    visits: { canAsk: () => true },
    reputation: { hears: () => true },
    responseTimes: { isWorthAsking: () => true, isAnswering: () => true, overtaken() {}, late() {} },
    providers: { of: () => [], remove() {} },
    requests: {
      async get() {
        asked.members = 0
        return undefined
      }
    },
    leasing: () => ['a'],
    async seek({ maxWaitMs }) {
      asked.members = maxWaitMs
      blockFor(membersTakeMs)
      return undefined
    },
    shelf: {
      async take(_key, _wireKey, _held, maxWaitMs) {
        asked.relays = maxWaitMs
        return undefined
      }
    },
    accept: async () => ({ how: 'refused', reason: 'key' }),
    acceptValue: async () => false
  })
  const found = lookup.find(key, { nobodyElse, after: nobodyElse ? undefined : 1 })
  blockFor(busyMs)
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

  it('leaves relays what members did not take of it, and asks none where that is nothing', async () => {
    expect((await timesOf({ membersBudgetMs: 10_000, membersTakeMs: 20 })).relays).to.be.within(1, 9980)
    expect((await timesOf({ membersBudgetMs: 200, membersTakeMs: 250 })).relays).to.equal(undefined)
  })

  it('is larger where nobody else can be asked', async () => {
    expect(await waitOf(100, 150, true), 'asked all the same').to.equal(0)
  })
})
