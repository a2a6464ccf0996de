import type { Libp2pOptions } from 'libp2p'
import { bound } from './bound.ts'

type Factory = NonNullable<Libp2pOptions['transports']>[number]

/** What is used of the library's muxer over data channels (webrtc 6.0). */
interface Inside {
  onDataChannel(channel: { label: string }, early: unknown): void
}

/**
 * WebRTC whose first channel is closed only by the side that opened it, as it is meant. The library (webrtc 6.0) closes it on the
 * other side too; where that is the quicker one, the first waits for the channel to open until the dial is given up.
 */
export const closedByItsOpener =
  (factory: Factory): Factory =>
  (components) => {
    const { upgrader } = components
    const upgradeInbound: typeof upgrader.upgradeInbound = (connection, options) => {
      const { muxerFactory } = options
      const create = muxerFactory?.createStreamMuxer.bind(muxerFactory)
      if (muxerFactory && create) muxerFactory.createStreamMuxer = (how) => leavesFirstChannel(create(how))
      return upgrader.upgradeInbound(connection, options)
    }
    return factory(bound(components, { upgrader: bound(upgrader, { upgradeInbound }) }))
  }

function leavesFirstChannel<M extends object>(muxer: M): M {
  const inside = muxer as M & Inside
  const take = inside.onDataChannel.bind(inside)
  let isLeft = false
  inside.onDataChannel = (channel, early) => {
    if (isLeft || channel.label !== 'init') return take(channel, early)
    isLeft = true
  }
  return muxer
}
