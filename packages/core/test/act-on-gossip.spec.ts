import { expect } from 'chai'
import { fromHex } from '../src/bytes.ts'
import type { Entry } from '../src/entry.ts'
import { type ActOptions, createAct } from '../src/exchange/act-on-gossip.ts'
import { openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'
import { defaultLimits } from '../src/limits.ts'
import { anEntry, url } from './fixtures/entries.ts'

const now = 1_000_000_000_000
const wireKey = new Uint8Array(32)

describe('a touch of a member', () => {
  /** The entry that is held, after a member said that GitHub showed the same body now. */
  async function touched(held: Entry, trusts = true): Promise<Entry> {
    const holders: string[] = []
    const act = createAct(
      {
        cache: {
          async touch(_key: string, change: (entry: Entry) => Entry) {
            held = change(held)
            return true
          }
        },
        shareable: { keyOf: () => 'key' },
        providers: { add: (_wireName: string, peerId: string) => void holders.push(peerId) },
        reputation: { trusts: () => trusts },
        counters: { rejected: (reason: string) => expect.fail(reason) },
        limits: defaultLimits,
        githubNow: () => now
      } as Partial<Record<keyof ActOptions, unknown>> as ActOptions,
      (_from, reason) => expect.fail(reason)
    )
    const group = await openGroup(createSecret(), () => now, 1000)
    await act('b', group, { type: 'touch', sentAt: now, items: [[wireKey, fromHex(held.hash), now]] })
    expect(holders).to.deep.equal(trusts ? ['b'] : [])
    return held
  }

  it('makes a body that is held fresh', async () => {
    expect((await touched(anEntry())).asOf).to.equal(now)
  })

  it('makes nothing fresh where that member was caught lying, nor is that one asked for it', async () => {
    expect((await touched(anEntry(), false)).asOf).to.equal(1000)
  })

  it('does not make a full last page fresh, for it says nothing of a page that has come after it', async () => {
    const full = { items: 5, url: `${url}?per_page=5` }
    expect((await touched(anEntry(full))).asOf).to.equal(1000)
    expect((await touched(anEntry({ ...full, items: 4 }))).asOf).to.equal(now)
    const link = `<${url}?per_page=5&page=2>; rel="next"`
    expect((await touched(anEntry({ ...full, headers: { link } }))).asOf).to.equal(now)
  })
})
