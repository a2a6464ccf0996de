import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createBetterWays } from '../src/libp2p/better-ways.ts'

const id = '12D3KooWGC6TvWhfajpgX6wvJHBYvKpDMXPb3ZnCZ6dMoLLtimfZ'

/** A connection that has just been lost: nothing can be written to it. */
function connection(address: string, close = async () => {}): Connection {
  const lost = { remoteAddr: multiaddr(address), remotePeer: id, status: 'open', close } as unknown
  return lost as Connection
}

describe('a circuit that a direct connection replaces', () => {
  // An unhandled rejection would end the process.
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  before(() => process.on('unhandledRejection', note))
  after(() => process.off('unhandledRejection', note))
  const settled = () => new Promise((resolve) => setTimeout(resolve))

  it('is closed, and does no harm where its relay has gone', async () => {
    const closed = Promise.withResolvers<void>()
    const circuit = connection(`/ip4/127.0.0.1/tcp/1/p2p/${id}/p2p-circuit`, async () => {
      closed.resolve()
      throw new Error('Cannot write to a stream that is closed')
    })
    const direct = connection('/ip4/127.0.0.1/tcp/2')
    const ways = createBetterWays({
      links: { prove: async () => true },
      connections: () => [circuit, direct],
      graceMs: 0
    })
    ways.opened(direct)
    await closed.promise
    await settled()
    expect(unhandled).to.deep.equal([])
  })

  it('does no harm where the direct one cannot even be broken off', async () => {
    const direct = connection('/ip4/127.0.0.1/tcp/2')
    const tried = Promise.withResolvers<void>()
    const ways = createBetterWays({
      links: {
        async prove() {
          tried.resolve()
          throw new Error('Cannot write to a stream that is closed')
        }
      },
      connections: () => [direct],
      graceMs: 0
    })
    ways.opened(direct)
    await tried.promise
    await settled()
    expect(unhandled).to.deep.equal([])
  })
})
