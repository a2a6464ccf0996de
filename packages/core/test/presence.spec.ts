import { expect } from 'chai'
import * as fc from 'fast-check'
import { defaultLimits } from '../src/limits.ts'
import { createPresence, presenceIntervalMs } from '../src/peers/presence.ts'
import type { PresenceMessage } from '../src/protocol/wire.ts'
import { emptyStats } from '../src/stats.ts'

describe('presence', () => {
  it('is told to all once, however many come, and once more when it goes', async () => {
    const told: PresenceMessage[] = []
    const token = new Uint8Array(16)
    let publish = () => {}
    const first = new Promise<void>((resolve) => {
      publish = resolve
    })
    const presence = createPresence({
      publish: {
        async presence(message) {
          told.push(message)
          publish()
        }
      },
      transport: { addresses: ['/memory/p2p/a'] },
      limits: { ...defaultLimits, touchBatchMs: 1 },
      name: 'a',
      version: '1',
      clock: { now: () => 1, fromOrigin: false },
      localNow: () => 1,
      random: () => 0,
      ownStats: emptyStats,
      leases: () => true,
      holds: () => [token],
      known: () => 0
    })
    for (let i = 0; i < 100; i++) presence.joined()
    await first
    presence.joined()
    // An older member hears it no other way.
    const second = new Promise<void>((resolve) => {
      publish = resolve
    })
    presence.greet()
    await second
    presence.stop()
    expect(told).to.have.length(3)
    const said = { name: 'a', offset: undefined }
    for (const one of told.slice(0, 2))
      expect(one).to.deep.include({ ...said, addresses: ['/memory/p2p/a'], leases: true, holds: [token] })
    expect(told[2]).to.deep.include({ ...said, addresses: [], leases: false, holds: undefined })
  })

  it('is heard about once a second at most, however many there are', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (known) => {
        const perSecond = (known * 1000) / presenceIntervalMs(defaultLimits, known)
        expect(perSecond).to.be.at.most(1)
        expect(presenceIntervalMs(defaultLimits, known)).to.be.at.least(defaultLimits.presenceMs)
      })
    )
  })
})
