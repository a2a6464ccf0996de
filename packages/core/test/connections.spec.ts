import { expect } from 'chai'
import { defaultLimits } from '../src/limits.ts'
import { createConnections } from '../src/peers/connections.ts'
import { createMemberRecords } from '../src/peers/member-records.ts'
import type { PresenceMessage } from '../src/protocol/wire.ts'
import { emptyStats } from '../src/stats.ts'

describe('what members say of themselves', () => {
  const now = 1_800_000_000_000

  function heard(...messages: Partial<PresenceMessage>[]) {
    const times: number[] = []
    const records = createMemberRecords({
      ownId: () => 'self',
      limits: defaultLimits,
      localNow: () => now,
      isConnected: () => true,
      isMember: () => true
    })
    const { present } = createConnections({
      transport: { disconnect: async () => {} },
      reputation: { hears: () => true },
      roster: { connected() {}, disconnected() {}, isConnected: () => true },
      records,
      dialler: { met() {}, lost() {}, heard() {}, isAt() {}, isThere() {} },
      relays: { has: () => false, connected() {} },
      handshake: { introduce: async () => {} },
      heard() {},
      clock: { hear: (_peerId, githubNow) => void times.push(githubNow) }
    })
    const usual = { name: 'a', version: '1', stats: { ...emptyStats() }, addresses: [], leases: true, offset: 0 }
    for (const message of messages) present('a', { ...usual, sentAt: now, ...message })
    return { records, times }
  }
  const held = [new Uint8Array(16)]

  it('is taken, the newest last', () => {
    const { records, times } = heard({ sentAt: now - 30_000 }, { holds: held, leases: false })
    expect(records.holds('a')).to.deep.equal(held)
    expect(records.grantsLeases('a')).to.equal(false)
    expect(times).to.deep.equal([now - 30_000, now])
  })

  it('is not taken back by what they said before, which gossip can bring later, nor is the clock', () => {
    const { records, times } = heard({ holds: held, leases: false }, { sentAt: now - 9000 })
    expect(records.holds('a')).to.deep.equal(held)
    expect(records.grantsLeases('a')).to.equal(false)
    expect(times).to.deep.equal([now])
  })

  it('is what decides whether one that is not connected is dialled: not where it goes', () => {
    const told: string[] = []
    const { present } = createConnections({
      transport: { disconnect: async () => {} },
      reputation: { hears: () => true },
      roster: { connected() {}, disconnected() {}, isConnected: () => false },
      records: { hear: () => true, learn: () => true },
      dialler: {
        met() {},
        lost() {},
        heard() {},
        isAt: (peerId, addresses) => void told.push(`${peerId} is at ${addresses.length} addresses`),
        isThere: (peerId) => void told.push(`${peerId} is there`)
      },
      relays: { has: () => false, connected() {} },
      handshake: { introduce: async () => {} },
      heard() {},
      clock: { hear() {} }
    })
    const usual = { name: 'a', version: '1', stats: { ...emptyStats() }, leases: true, sentAt: now }
    present('a', { ...usual, addresses: [] })
    present('a', { ...usual, addresses: ['/memory/p2p/a'] })
    expect(told).to.deep.equal(['a is at 0 addresses', 'a is at 1 addresses', 'a is there'])
  })

  it('is taken from one whose clock was set back', () => {
    const { records } = heard({ leases: false }, { sentAt: now - 3_600_000, holds: held })
    expect(records.holds('a')).to.deep.equal(held)
    expect(records.grantsLeases('a')).to.equal(true)
  })
})
