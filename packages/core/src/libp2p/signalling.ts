import type { Connection, StreamHandler } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'
import { bound } from './bound.ts'
import { isDirect } from './path.ts'

type Factory = NonNullable<Libp2pOptions['transports']>[number]

/**
 * WebRTC that is brought about through relays only, as members do it: each offer takes threads and memory, and anybody who
 * reaches a port could make any number. A relay joins members of one group.
 */
export const signalledThroughRelays =
  (factory: Factory): Factory =>
  (components) => {
    const registrar = bound(components.registrar, {
      handle: (protocol: string, handler: StreamHandler, options?: object) =>
        components.registrar.handle(protocol, throughRelay(handler), options)
    })
    return factory(bound(components, { registrar }))
  }

const throughRelay =
  (handler: StreamHandler): StreamHandler =>
  (stream, connection: Connection) => {
    if (!isDirect(connection)) return handler(stream, connection)
    stream.abort(new Error('offers of WebRTC come through a relay'))
  }
