import type { Libp2p } from '@libp2p/interface'
import { shelfProtocol } from '../protocol/shelf.ts'
import type { Shelves } from '../transport/transport.ts'
import { createExchange } from './exchange.ts'

/** What relays keep for members that come later: which relay does is known once it has identified itself. */
export function createShelves(node: Libp2p, isRelay: (peerId: string) => boolean) {
  const exchange = createExchange(node, { async *request() {} }, { protocol: shelfProtocol })
  const known = new Map<string, boolean>()
  const waiting = new Map<string, ((isThere: boolean) => void)[]>()

  function tell(peerId: string, isThere: boolean): void {
    for (const resolve of waiting.get(peerId) ?? []) resolve(isThere)
    waiting.delete(peerId)
  }
  node.addEventListener('peer:identify', ({ detail: { peerId, protocols } }) => {
    const id = peerId.toString()
    if (!isRelay(id)) return
    const isThere = protocols.includes(shelfProtocol)
    known.set(id, isThere)
    tell(id, isThere)
  })

  const shelves: Shelves = {
    isAt(peerId) {
      const isThere = known.get(peerId)
      if (isThere !== undefined) return Promise.resolve(isThere)
      return new Promise((resolve) => {
        waiting.set(peerId, [...(waiting.get(peerId) ?? []), resolve])
      })
    },
    request: exchange.request
  }
  return {
    shelves,
    /** A peer has gone. */
    forget(peerId: string): void {
      known.delete(peerId)
      tell(peerId, false)
      exchange.forget(peerId)
    },
    stop(): void {
      for (const peerId of [...waiting.keys()]) tell(peerId, false)
      exchange.stop()
    }
  }
}
