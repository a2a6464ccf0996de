import { MeshError } from '../errors.ts'
import type { MemoryHub, MemoryNode } from './memory-hub.ts'
import { createMemoryQuestions } from './memory-questions.ts'
import type { Peer, Transport } from './transport.ts'

const peer = (id: string): Peer => ({ id, path: 'direct', transport: 'other', rttMs: 0 })

/** A transport that is reached through its hub; see `memoryTransport`. */
export function memoryNode(hub: MemoryHub, peerId: string): Transport {
  const neighbours = new Set<string>()
  const seen = new Set<string>()
  const questions = createMemoryQuestions(peerId)
  let self: MemoryNode | undefined
  let published = 0

  const running = (): MemoryNode => {
    if (!self) throw new MeshError('ERR_TRANSPORT', 'this transport is not running: call start first')
    return self
  }

  function part(id: string): void {
    const other = hub.nodes.get(id)
    if (!neighbours.delete(id)) return
    questions.gone(id)
    self?.handlers.disconnect(peer(id))
    other?.part(peerId)
  }

  return {
    peerId,
    get addresses() {
      return self ? [`/memory/p2p/${peerId}`] : []
    },
    async start(topics, handlers) {
      self = {
        topics,
        neighbours,
        handlers,
        part,
        async deliver(id, topic, from, message, through) {
          if (seen.has(id) || !topics.includes(topic)) return
          seen.add(id)
          if ((await handlers.message(from, message.slice(), through)) !== 'accept') return
          await Promise.all(
            [...neighbours].map((next) => hub.nodes.get(next)?.deliver(id, topic, from, message, peerId))
          )
        }
      }
      hub.nodes.set(peerId, self)
    },
    async dial(address, { signal } = {}) {
      signal?.throwIfAborted()
      const { handlers } = running()
      const id = /\/p2p\/(\w+)$/.exec(address)?.[1]
      const other = id === undefined ? undefined : hub.nodes.get(id)
      if (id === undefined || !other || id === peerId)
        throw new MeshError('ERR_TRANSPORT', `nobody answers at ${address}`)
      if (neighbours.has(id)) return id
      neighbours.add(id)
      other.neighbours.add(peerId)
      handlers.connect(peer(id))
      other.handlers.connect(peer(peerId))
      return id
    },
    peers: () => [...neighbours].map(peer),
    async publish(message) {
      const [topic = ''] = running().topics
      const id = `${peerId} ${published++}`
      seen.add(id)
      const reached = [...neighbours].filter((next) => hub.nodes.get(next)?.topics.includes(topic))
      for (const next of reached) void hub.nodes.get(next)?.deliver(id, topic, peerId, message, peerId)
      return { recipients: reached.length }
    },
    async *request(id, bytes, { signal } = {}) {
      running()
      const other = neighbours.has(id) ? hub.nodes.get(id) : undefined
      if (!other) throw new MeshError('ERR_TRANSPORT', `not connected to ${id}`)
      yield* questions.ask(id, other, bytes, signal)
    },
    disconnect: async (id) => part(id),
    async stop() {
      for (const id of [...neighbours]) part(id)
      hub.nodes.delete(peerId)
      self = undefined
    }
  }
}
