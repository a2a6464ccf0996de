import { once } from 'node:events'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import type { Gate } from '../src/gate.ts'
import { defaultRelayLimits } from '../src/limits.ts'
import type { Proofs } from '../src/proofs.ts'
import { createReservations } from '../src/reservations.ts'
import { createTally } from '../src/tally.ts'
import { createBare, status } from './bare.ts'

describe('a reservation', () => {
  // Relay's README: "How long a reservation lasts"
  it('that is renewed again and again lasts as long as the last time says: what it replaces ends nothing', async () => {
    const reservations = createReservations(
      defaultRelayLimits,
      { wait: async () => true } as unknown as Proofs,
      { isConnected: () => true, hostOf: () => undefined } as unknown as Gate,
      createTally(),
      () => false
    )
    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyInboundRelayReservation: reservations.denyInboundRelayReservation },
      services: { identify: identify(), relay: circuitRelayServer({ reservations: { reservationTtl: 500 } }) }
    })
    const { relay } = node.services
    reservations.attach(relay)
    const where = { peerId: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) }
    const bare = await createBare()
    await bare.dial(where)
    const held = async () => {
      expect(await bare.reserve(where)).to.equal(status.ok)
      const { signal } = relay.reservations.get(bare.node.peerId) as unknown as { signal: AbortSignal }
      return signal
    }
    const [first, second, last] = [await held(), await held(), await held()]
    await once(last, 'abort')
    expect([first.aborted, second.aborted]).to.deep.equal([false, false])
    expect(relay.reservations.size).to.equal(0)
    expect(reservations.count).to.equal(1)
    reservations.forget(bare.node.peerId)
    expect(reservations.count).to.equal(0)
    await bare.node.stop()
    await node.stop()
  })
})
