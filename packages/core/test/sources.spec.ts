import { expect } from 'chai'
import type { Discovery, PeerRecord } from '../src/discovery/discovery.ts'
import { createSources } from '../src/peers/sources.ts'

describe('ways to learn of members', () => {
  /** One source that writes down what it is told, of a member whose addresses come and go. */
  function world() {
    const announced: string[][] = []
    let addresses: string[] = []
    const source: Discovery = {
      name: 'github-issue',
      async start() {},
      async announce(self) {
        announced.push(self.addresses)
      },
      async stop() {}
    }
    const sources = createSources({
      discovery: [source],
      emit() {},
      localNow: () => 1_800_000_000_000,
      self: (): PeerRecord => ({ peerId: 'm', name: 'm', addresses, lastSeen: 0 }),
      found() {}
    })
    let round = 0
    return {
      announced,
      async tickWith(now: string[]) {
        addresses = now
        sources.tick(++round)
        await new Promise((resolve) => setTimeout(resolve))
      }
    }
  }

  it('are not told of a member that cannot be reached yet, as one behind a relay that has not answered', async () => {
    const { announced, tickWith } = world()
    await tickWith([])
    await tickWith([])
    expect(announced).to.deep.equal([])
    await tickWith(['/ip4/192.168.1.5/tcp/9100'])
    expect(announced).to.deep.equal([['/ip4/192.168.1.5/tcp/9100']])
  })

  it('are told when it can be reached no more', async () => {
    const { announced, tickWith } = world()
    await tickWith(['/ip4/192.168.1.5/tcp/9100'])
    await tickWith([])
    await tickWith([])
    expect(announced).to.deep.equal([['/ip4/192.168.1.5/tcp/9100'], []])
  })
})
