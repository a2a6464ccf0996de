import { expect } from 'chai'
import { MeshError, toMeshError } from '../src/errors.ts'
import { readStats } from '../src/peers/read-stats.ts'
import { createCounters, sumStats } from '../src/stats.ts'

const none = { entries: 0, bytes: 0, evictions: 0, connectedPeers: 0, knownPeers: 0 }

describe('stats', () => {
  it('count what was asked, how it was answered and what that cost', () => {
    const counters = createCounters()
    const answers = { hits: undefined, peerHits: undefined, collapsed: undefined, misses: { free: false } } as const
    for (const [how, call] of Object.entries(answers)) {
      counters.asked()
      counters.answered(how as keyof typeof answers, call)
    }
    counters.called(1, 'core')
    counters.rejected('proof')
    counters.quota('core', { limit: 60, remaining: 59, resetAt: 1 })
    expect(counters.now(none)).to.deep.include({
      ...{ requests: 4, hits: 1, peerHits: 1, misses: 1, collapsed: 1, hitRate: 0.75 },
      ...{ apiCallsMade: 1, apiCallsSaved: 3, quotaSpent: 1, quotaSaved: 3 },
      rejected: { proof: 1 },
      quota: { core: { limit: 60, remaining: 59, resetAt: 1 } }
    })
  })

  it('count a 304 as a call, and as quota saved only where it was free', () => {
    const counters = createCounters()
    for (const free of [true, false]) counters.answered('revalidated', { free })
    expect(counters.now(none)).to.include({ revalidated: 2, apiCallsSaved: 0, quotaSaved: 1 })
  })

  it('are a copy, of now', () => {
    const counters = createCounters()
    const before = counters.now(none)
    counters.rejected('proof')
    expect(before).to.deep.include({ rejected: {}, hitRate: 0 })
  })

  it('of a group are the sum, with every member one of it', () => {
    const { members, total } = sumStats({
      a: { requests: 3, apiCallsSaved: 1, rejected: { proof: 1 } },
      b: { requests: 1, apiCallsSaved: 1, rejected: { proof: 2, size: 1 } }
    })
    expect(Object.keys(members)).to.deep.equal(['a', 'b'])
    expect(total).to.deep.include({
      requests: 4,
      hitRate: 0.5,
      connectedPeers: 2,
      knownPeers: 2,
      rejected: { proof: 3, size: 1 }
    })
    expect(sumStats({}).total.hitRate).to.equal(0)
  })

  it('survive whatever a member tells', () => {
    const figures = { requests: '9', hits: null, misses: Number.NaN, stale: -1, bytes: 2 ** 60, entries: 3 }
    const told = { ...figures, apiCallsSaved: {}, rejected: null, quota: 'x', toString: 1 }
    expect(readStats(told)).to.deep.equal({ entries: 3 })
    const { total } = sumStats({ a: readStats(told) })
    expect(total).to.deep.include({
      requests: 0,
      hits: 0,
      entries: 3,
      hitRate: 0,
      rejected: {},
      connectedPeers: 1,
      knownPeers: 1
    })
  })
})

describe('errors', () => {
  it('say what was being done, keep the cause, and wrap nothing twice', () => {
    const cause = new TypeError('disk full')
    const error = toMeshError('ERR_STORE', 'writing', cause)
    expect(error).to.include({ name: 'MeshError', code: 'ERR_STORE', message: 'writing: disk full', cause })
    expect(error).to.be.instanceOf(Error)
    expect(toMeshError('ERR_TRANSPORT', 'again', error)).to.equal(error)
    expect(toMeshError('ERR_STORE', 'writing', 'odd').message).to.equal('writing: odd')
    expect(new MeshError('ERR_STOPPED', 'x').cause).to.equal(undefined)
  })
})
