import { expect } from 'chai'
import { defaultLimits } from '../src/limits.ts'
import { createAddressBook } from '../src/peers/address-book.ts'
import { createDialTurns } from '../src/peers/dial-turns.ts'

describe('when a member is dialled', () => {
  it('again over its relay, once it says that it is there after it was nowhere, though it was connected all the time', () => {
    const over = '/ip4/192.0.2.1/tcp/1/p2p/relay/p2p-circuit'
    const addresses = [`${over}/p2p/other`, `${over}/webrtc/p2p/other`]
    const book = createAddressBook({
      most: 10,
      ownId: () => 'own',
      ownAddresses: () => [],
      isRelay: (id) => id === 'relay'
    })
    const turns = createDialTurns({
      book,
      transport: { peerId: 'own' },
      limits: defaultLimits,
      round: () => 5,
      localNow: () => 0,
      beginDue() {}
    })
    const says = (at: string[]) => {
      turns.found({ peerId: 'other', name: 'other', addresses: at, lastSeen: 0 }, 'members')
      turns.isAt('other', at)
    }
    const rounds = () => [...(book.get('other')?.ways.values() ?? [])].map(({ nextRound }) => nextRound)
    says(addresses)
    turns.met('other')
    says([])
    expect(rounds()).to.deep.equal([Infinity, Infinity])
    says(addresses)
    expect(rounds()).to.deep.equal([5, 5])
    turns.stop()
  })
})
