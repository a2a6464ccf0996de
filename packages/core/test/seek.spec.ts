import { expect } from 'chai'
import { headOf } from '../src/exchange/head.ts'
import type { LeaseNews, LeaseState } from '../src/exchange/lease.ts'
import type { PeerAnswer } from '../src/exchange/read-answer.ts'
import { createSeek, type SeekOptions } from '../src/exchange/seek.ts'
import { anEntry } from './fixtures/entries.ts'

const wireKey = new Uint8Array(32)
const entry = anEntry({ asOf: 2000 })
const { hash, asOf } = entry

interface Home {
  /** What it answers to the question for the lease. */
  lease?: LeaseState
  holds?: boolean
  /** What it tells who waits, one after the other; then it is silent. */
  news?: LeaseNews[]
}

describe('who waits for the answer of another member', () => {
  /** What becomes of a question to these homes, the first first. */
  async function seek(homes: Record<string, Home>) {
    const asked: string[] = []
    const late: string[] = []
    const taken: string[] = []
    const ended: string[] = []
    const lease = await createSeek({
      limits: { leaseHedgeMs: 60_000, leaseMs: 60_000, leaseWaitMs: 60_000 },
      self: () => 'self',
      leases: {},
      news: {
        open: (_wireName: string, home: string) => ({ next: async () => homes[home]?.news?.shift(), close() {} })
      },
      requests: {
        async get(home: string, _key: Uint8Array, how: { wanted?: Uint8Array }) {
          asked.push(how.wanted ? `${home} for what it told` : home)
          const { lease, holds } = homes[home] as Home
          const found: PeerAnswer = { kind: 'entry', head: headOf(entry), from: home }
          return { lease: how.wanted ? undefined : lease, found: holds || how.wanted ? found : undefined }
        },
        lease: async (home: string, _key: Uint8Array, { state }: { state: string }) =>
          void ended.push(`${home} ${state}`)
      },
      responseTimes: { answered() {}, late: (home: string) => void late.push(home) }
    } as Partial<Record<keyof SeekOptions, unknown>> as SeekOptions)({
      wireKey,
      after: 1000,
      maxWaitMs: 60_000,
      homes: Object.keys(homes),
      holders: [],
      take: async ({ from }) => void taken.push(from),
      held: async () => undefined
    })
    lease?.end({ state: 'nothing' })
    return { asked, late, taken, ended, calls: lease !== undefined }
  }
  const stored: LeaseNews = { state: 'stored', hash, asOf }

  it('gets it from the home that says that it is there', async () => {
    const { asked, taken, calls } = await seek({ a: { lease: 'waiting', news: [{ state: 'waiting' }, stored] } })
    expect([asked, taken, calls]).to.deep.equal([['a', 'a for what it told'], ['a'], false])
  })

  it('waits at the next home where the first one falls silent', async () => {
    const { asked, late, taken, calls } = await seek({
      a: { lease: 'waiting' },
      b: { lease: 'waiting', news: [stored] }
    })
    expect([asked, late, taken, calls]).to.deep.equal([['a', 'b', 'b for what it told'], ['a'], ['b'], false])
  })

  it('takes what the next home holds by then', async () => {
    const { taken, calls } = await seek({ a: { lease: 'waiting' }, b: { holds: true } })
    expect([taken, calls]).to.deep.equal([['b'], false])
  })

  it('calls GitHub for all where the next home, or the first one, says so', async () => {
    for (const homes of [
      { a: { lease: 'waiting' as const }, b: { lease: 'granted' as const } },
      { b: { lease: 'waiting' as const, news: [{ state: 'granted' as const }] } }
    ]) {
      const { calls, ended } = await seek(homes)
      expect([calls, ended]).to.deep.equal([true, ['b nothing']])
    }
  })

  it('asks no home again where all are silent, and goes by itself', async () => {
    const { asked, late, taken, calls } = await seek({ a: { lease: 'waiting' }, b: { lease: 'waiting' } })
    expect([asked, late, taken, calls]).to.deep.equal([['a', 'b'], ['a', 'b'], [], false])
  })
})
