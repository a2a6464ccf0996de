import type { Connection } from '@libp2p/interface'
import { expect } from 'chai'
import { peersOf } from '../src/libp2p/path.ts'

const relay = '/ip4/192.0.2.1/tcp/4001'
const through = (address: string) => `${address}/p2p/relay/p2p-circuit/p2p/member`

describe('how a peer is reached', () => {
  const connection = (id: string, address: string, isLimited = false) =>
    ({
      remotePeer: { toString: () => id },
      remoteAddr: { toString: () => address },
      limits: isLimited ? {} : undefined
    }) as unknown as Connection
  /** How the member is, by these connections. */
  const reached = (...connections: Connection[]) => {
    const [member] = peersOf(connections, ({ remotePeer }) => remotePeer.toString() === 'member')
    return [member?.path, member?.transport]
  }

  it('directly: by what its address says', () => {
    for (const [address, transport] of [
      ['/ip4/192.0.2.2/tcp/1', 'tcp'],
      ['/ip4/192.0.2.2/tcp/1/ws', 'websocket'],
      ['/dns4/example.org/tcp/443/wss', 'websocket'],
      ['/ip4/192.0.2.2/udp/1/webrtc-direct/certhash/x', 'webrtc-direct'],
      ['/ip4/192.0.2.1/tcp/4001/p2p/relay/p2p-circuit/webrtc', 'webrtc'],
      ['/unix/x', 'other']
    ] as const)
      expect(reached(connection('relay', `${relay}/ws`), connection('member', address)), address).to.deep.equal([
        'direct',
        transport
      ])
  })

  it('through a relay: as the relay is, whatever way to it was dialled', () => {
    for (const [by, transport] of [
      [`${relay}/ws`, 'websocket'],
      ['/ip4/192.0.2.1/udp/4003/webrtc-direct/certhash/x', 'webrtc-direct'],
      [relay, 'tcp']
    ] as const)
      for (const dialled of [relay, `${relay}/ws`])
        expect(reached(connection('relay', by), connection('member', through(dialled), true))).to.deep.equal([
          'relayed',
          transport
        ])
  })

  it('through a relay that has just gone: by what its address says', () => {
    expect(reached(connection('member', through(`${relay}/ws`), true))).to.deep.equal(['relayed', 'websocket'])
  })

  it('of several ways by the direct one', () => {
    const ways = [connection('member', through(relay), true), connection('member', '/ip4/192.0.2.2/tcp/1/ws')]
    for (const some of [ways, ways.toReversed()]) expect(reached(...some)).to.deep.equal(['direct', 'websocket'])
  })
})
