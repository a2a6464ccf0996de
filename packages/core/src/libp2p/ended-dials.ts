import type { Transport } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'
import { bound } from './bound.ts'

type Factory = NonNullable<Libp2pOptions['transports']>[number]

/**
 * A transport that ends what it has dialled where that cannot be upgraded, as libp2p's TCP does. Its WebSockets (10.1) leave it
 * open, and the other side may go on taking it for a connection.
 */
export const endingFailedDials =
  (factory: Factory): Factory =>
  (components) => {
    const transport: Transport = factory(components)
    const dial = transport.dial.bind(transport)
    transport.dial = (address, options) => {
      const { upgrader } = options
      const upgradeOutbound: typeof upgrader.upgradeOutbound = async (connection, how) => {
        try {
          return await upgrader.upgradeOutbound(connection, how)
        } catch (error) {
          connection.abort(error instanceof Error ? error : new Error('the upgrade failed'))
          throw error
        }
      }
      return dial(address, { ...options, upgrader: bound(upgrader, { upgradeOutbound }) })
    }
    return transport
  }
