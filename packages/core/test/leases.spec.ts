import { expect } from 'chai'
import fc from 'fast-check'
import type { LeaseNews } from '../src/exchange/lease.ts'
import { createLeases } from '../src/exchange/leases.ts'
import type { Timers } from '../src/timers.ts'

const limits = {
  leaseMs: 1000,
  leaseTotalMs: 10_000,
  leasesPerPeer: 4,
  nothingToShareMs: 120_000,
  silentHolderMs: 30_000
}

/** Time that passes only where a test says so. */
function virtualTimers() {
  let now = 0
  const due = new Set<{ at: number; work: () => void }>()
  const timers: Timers = {
    now: () => now,
    later(work, ms) {
      const one = { at: now + ms, work }
      due.add(one)
      return () => void due.delete(one)
    }
  }
  return {
    timers,
    localNow: () => now,
    /** The thread does something else for so long. */
    block(ms: number): void {
      now += ms
    },
    async pass(ms: number): Promise<void> {
      const until = now + ms
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve)) // what was told is read
        const [next] = [...due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (!next) break
        due.delete(next)
        now = Math.max(now, next.at)
        next.work()
      }
      now = until
    }
  }
}

/** A home, and what it has told each member that waits. */
function home(isReached: (peerId: string) => boolean | Promise<boolean> = () => true) {
  const time = virtualTimers()
  const told: { peerId: string; wireName: string; news: LeaseNews }[] = []
  const leases = createLeases({
    limits,
    localNow: time.localNow,
    timers: time.timers,
    tell: async (peerId, wireName, news) => {
      const reached = isReached(peerId)
      if (reached !== true && !(await reached)) return false
      told.push({ peerId, wireName, news })
      return true
    }
  })
  return { leases, told, pass: time.pass, block: time.block }
}

const stored = { state: 'stored', hash: 'ab', asOf: 1 } as const

describe('leases', () => {
  it('are granted to nobody after the stop', async () => {
    const { leases } = home()
    leases.ask('key', 'a')
    leases.stop()
    expect(leases.ask('key', 'b')).to.equal('free')
    expect(leases.ask('another', 'b')).to.equal('free')
  })

  it('the first that asks is granted one, the others wait, and all hear of the answer', async () => {
    const { leases, told } = home()
    expect(['a', 'b', 'c'].map((peer) => leases.ask('key', peer))).to.deep.equal(['granted', 'waiting', 'waiting'])
    leases.settle('key', 'a', stored)
    expect(told.map(({ peerId, news }) => [peerId, news.state])).to.deep.equal([
      ['b', 'stored'],
      ['c', 'stored']
    ])
    expect(leases.ask('key', 'b')).to.equal('granted')
  })

  it('an answer for nobody else frees all, and nobody waits for that key for two minutes', async () => {
    const { leases, told, pass } = home()
    for (const peer of ['a', 'b', 'c']) leases.ask('key', peer)
    leases.settle('key', 'a', { state: 'nothing' })
    expect(told.map(({ news }) => news.state)).to.deep.equal(['free', 'free'])
    expect(leases.ask('key', 'b')).to.equal('free')
    await pass(120_001)
    expect(leases.ask('key', 'b')).to.equal('granted')
  })

  it('a failure lets one more try, and a second one frees all', async () => {
    const { leases, told, pass } = home()
    for (const peer of ['a', 'b', 'c', 'd']) leases.ask('key', peer)
    leases.settle('key', 'a', { state: 'failed' })
    await pass(0)
    expect(told.map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal([
      'b granted',
      'c waiting',
      'd waiting'
    ])
    leases.settle('key', 'b', { state: 'failed' })
    expect(told.slice(3).map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['c free', 'd free'])
  })

  it('each second of silence lets one more call; a holder that was only slow ends it for all', async () => {
    const { leases, told, pass } = home()
    for (const peer of ['a', 'b', 'c', 'd']) leases.ask('key', peer)
    await pass(1000)
    await pass(1000)
    const granted = () => told.filter(({ news }) => news.state === 'granted').map(({ peerId }) => peerId)
    expect(granted()).to.deep.equal(['b', 'c'])
    leases.settle('key', 'a', stored)
    expect(told.at(-1)).to.deep.include({ peerId: 'd', news: stored })
  })

  it('a home that was busy all the time holds no silence against a holder', async () => {
    const { leases, pass, block } = home()
    for (const key of ['one', 'two', 'three']) {
      leases.ask(key, 'a')
      block(3000)
      await pass(0)
    }
    expect(leases.ask('four', 'a')).to.equal('granted')
  })

  it('one that waits and cannot be told is passed over', async () => {
    const { leases, told, pass } = home((peerId) => peerId !== 'b')
    for (const peer of ['a', 'b', 'c']) leases.ask('key', peer)
    leases.gone('a')
    await pass(0)
    expect(told.map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['c granted'])
  })

  it('that nobody ends is over after ten seconds, for all that still wait', async () => {
    const { leases, told, pass } = home()
    const peers = [...'abcdefghijklm']
    for (const peer of peers) leases.ask('key', peer)
    await pass(limits.leaseTotalMs - 1)
    expect(told.filter(({ news }) => news.state === 'free')).to.deep.equal([])
    await pass(1)
    const freed = told.filter(({ news }) => news.state === 'free').map(({ peerId }) => peerId)
    expect(freed).to.deep.equal(peers.slice(limits.leaseTotalMs / limits.leaseMs))
    expect(leases.isHolder('key', 'a')).to.equal(false)
  })

  it('a holder that hands its answer over has its time anew, and those that wait hear of it', async () => {
    const { leases, told, pass } = home()
    for (const peer of ['a', 'b', 'c']) leases.ask('key', peer)
    await pass(900)
    leases.renew('key', 'b') // it holds nothing
    await pass(0)
    expect(told).to.deep.equal([])
    leases.renew('key', 'a')
    await pass(999)
    expect(told.map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['b waiting', 'c waiting'])
    await pass(1)
    expect(told.slice(2).map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['b granted', 'c waiting'])
    leases.renew('key', 'a') // late: another one calls by now
    await pass(1000)
    expect(told.slice(4).map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['c granted'])
  })

  it('one that is told so late that another one calls by now keeps nobody waiting', async () => {
    let giveUp = () => {}
    const late = new Promise<boolean>((resolve) => {
      giveUp = () => resolve(false)
    })
    const { leases, told, pass } = home((peerId) => (peerId === 'b' ? late : true))
    for (const peer of ['a', 'b', 'c', 'd']) leases.ask('key', peer)
    await pass(1000)
    expect(leases.isHolder('key', 'b')).to.equal(true)
    await pass(1000)
    giveUp()
    await pass(0)
    expect(told.map(({ peerId, news }) => `${peerId} ${news.state}`)).to.deep.equal(['c granted', 'd waiting'])
  })

  type Step =
    | { do: 'ask' | 'gone' | 'renew'; peer: string; key: string }
    | { do: 'settle'; peer: string; key: string; state: 'stored' | 'nothing' | 'failed' }
    | { do: 'pass'; ms: number }
  const peer = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const key = fc.constantFrom('k', 'l')
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), peer, key }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('gone' as const, 'renew' as const), peer, key }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        peer,
        key,
        state: fc.constantFrom('stored' as const, 'nothing' as const, 'failed' as const)
      })
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(2500) }) }
  )

  it('whatever happens: nobody waits for ever, and one calls at a time', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.uniqueArray(peer, { maxLength: 2 }) as fc.Arbitrary<string[]>,
        async (steps, lost) => {
          const { leases, told, pass } = home((peerId) => !lost.includes(peerId))
          const waiting = new Set<string>()
          let read = 0
          let grants = 0
          let excuses = 0 // each lets one more call
          const readNews = () => {
            for (; read < told.length; read++) {
              const { peerId, wireName, news } = told[read] as (typeof told)[number]
              if (news.state === 'waiting') continue
              expect(waiting.delete(`${wireName} ${peerId}`), `${peerId} waited for ${wireName}`).to.equal(true)
              if (news.state === 'granted') grants++
            }
          }
          for (const one of steps) {
            if (one.do === 'ask') {
              const before = leases.isHolder(one.key, one.peer)
              const state = leases.ask(one.key, one.peer)
              if (state === 'waiting') waiting.add(`${one.key} ${one.peer}`)
              if (state === 'granted' && !before) {
                grants++
                excuses++ // it was the first, or the one before is late
              }
            } else if (one.do === 'settle') {
              if (leases.isHolder(one.key, one.peer)) excuses++
              leases.settle(one.key, one.peer, one.state === 'stored' ? stored : { state: one.state })
            } else if (one.do === 'gone') {
              for (const name of ['k', 'l']) {
                waiting.delete(`${name} ${one.peer}`)
                if (leases.isHolder(name, one.peer)) excuses++
              }
              leases.gone(one.peer)
            } else if (one.do === 'renew') leases.renew(one.key, one.peer)
            else {
              const { ms } = one as Extract<Step, { do: 'pass' }>
              await pass(ms)
              excuses += 2 * Math.ceil(ms / limits.leaseMs + 1)
            }
            readNews()
          }
          expect(grants).to.be.at.most(excuses + lost.length * steps.length)
          await pass(limits.leaseTotalMs + 2 * limits.leaseMs)
          readNews()
          for (const name of lost) for (const wireName of ['k', 'l']) waiting.delete(`${wireName} ${name}`)
          expect([...waiting], 'they wait for ever').to.deep.equal([])
          leases.stop()
        }
      ),
      { numRuns: 150 }
    ))
})
