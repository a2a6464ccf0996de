import { expect } from 'chai'
import type { Group } from '../src/group/group.ts'
import { createRelays } from '../src/peers/relays.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))
/** In rounds of three seconds. */
const hour = 1200

describe('a place at a relay', () => {
  function setUp(groups: string[]) {
    const shown: string[] = []
    const addresses: string[] = []
    const relays = createRelays({
      relays: ['/ip4/127.0.0.1/tcp/1/p2p/relay'],
      transport: {
        addresses,
        reserve: async (id) => void addresses.push(`/ip4/127.0.0.1/tcp/1/p2p/${id}/p2p-circuit/p2p/self`)
      },
      requests: {
        async proof(_id, group) {
          shown.push((group as Group).id)
          return 'relay'
        }
      },
      groups: groups.map((id) => ({ id }) as Group),
      isConnected: () => true,
      accepted() {},
      hasShelf: () => false,
      reserved() {}
    })
    const pass = async (rounds: number) => {
      for (let n = 0; n < rounds; n++) relays.tick()
      await turn()
    }
    return { relays, shown, pass }
  }

  it('is kept for all groups: their proofs are shown again each hour, for they expire while it lasts', async () => {
    const { relays, shown, pass } = setUp(['new', 'old'])
    relays.connected('relay')
    await turn()
    expect(relays.list()).to.deep.equal([{ id: 'relay', address: '/ip4/127.0.0.1/tcp/1/p2p/relay', state: 'reserved' }])
    expect(shown.splice(0)).to.deep.equal(['new', 'old'])
    await pass(hour - 1)
    expect(shown).to.deep.equal([])
    await pass(1)
    expect(shown.splice(0)).to.deep.equal(['new', 'old'])
    await pass(24 * hour)
    expect(shown).to.have.length(48)
  })

  it('of one group needs no proof besides those of what is published', async () => {
    const { relays, shown, pass } = setUp(['only'])
    relays.connected('relay')
    await pass(24 * hour)
    expect(shown).to.deep.equal(['only'])
  })
})
