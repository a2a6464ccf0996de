import type { Libp2p } from '@libp2p/interface'

/** Stops a libp2p node with gossipsub, so that nothing of it keeps the process alive, nor others in the belief that it is there. */
export async function stopNode(node: Pick<Libp2p, 'stop' | 'addEventListener'>): Promise<void> {
  // What is nearly upgraded is connected all the same (libp2p 3.3), and nobody would close it.
  node.addEventListener('connection:open', ({ detail }) => detail.abort(new Error('the node has stopped')))
  endTimers(node)
  await node.stop()
  endTimers(node)
}

/** Two timers outlive `stop` by up to a second, and with them the process (libp2p 3.3, gossipsub 17.1): neither has a public end, and stopping starts one anew. */
function endTimers(node: object): void {
  const { services, components } = node as {
    services: { pubsub: { status?: { heartbeatTimeout?: ReturnType<typeof setTimeout> } } }
    components?: { addressManager?: { _updatePeerStoreAddresses?: { stop?(): void } } }
  }
  clearTimeout(services.pubsub.status?.heartbeatTimeout)
  components?.addressManager?._updatePeerStoreAddresses?.stop?.()
}
