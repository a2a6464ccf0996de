import { type MemoryHub, memoryHub, memoryTransport, type Transport } from 'ghmesh'
import { abortable } from '../../packages/core/src/abort.ts'

/** Of 100 published messages, how many have each fate at each receiver; all others arrive once and at once. */
interface Weather {
  lost: number
  /** Arrives twice. */
  doubled: number
  /** Arrives with `deliver`, or when the weather turns fine, in any order. */
  late: number
}

/** Transports of one process between which messages can be lost, doubled, late and out of order, and links cut or silent. */
export interface FaultyNetwork {
  transport(): Transport
  weather: Weather
  /** Cuts every link between a member of this set and one that is not; nobody can dial across. An empty set heals. */
  cut(side: readonly string[]): Promise<void>
  /** What these are asked they never answer, though they are connected. */
  silence(peerIds: readonly string[]): void
  /** All that is late arrives. */
  deliver(): Promise<void>
  /** Questions and messages under way; neither what is late counts, nor what is asked of silent members. */
  readonly busy: number
}

/** `random`: 0 to 1, decides each fate. */
export function faultyNetwork(random: () => number): FaultyNetwork {
  const hub: MemoryHub = memoryHub()
  const late: (() => Promise<unknown>)[] = []
  let side = new Set<string>()
  let silent = new Set<string>()
  let busy = 0

  const isCut = (a: string, b: string) => side.has(a) !== side.has(b)

  async function count<T>(work: Promise<T>): Promise<T> {
    busy++
    return work.finally(() => busy--)
  }

  const network: FaultyNetwork = {
    weather: { lost: 0, doubled: 0, late: 0 },
    get busy() {
      return busy
    },
    transport() {
      const inner = memoryTransport(hub)
      const self: Transport = {
        get peerId() {
          return inner.peerId
        },
        get addresses() {
          return inner.addresses
        },
        start: (topics, handlers) =>
          inner.start(topics, {
            ...handlers,
            message(from, bytes, through) {
              const { lost, doubled } = network.weather
              const take = () => count(handlers.message(from, bytes, through))
              const fate = random() * 100
              if (fate < lost) return Promise.resolve('ignore')
              if (fate < lost + doubled) return take().finally(take)
              if (fate < lost + doubled + network.weather.late)
                return new Promise((resolve) => late.push(() => take().then(resolve, () => resolve('ignore'))))
              return take()
            }
          }),
        async dial(address, options) {
          const to = /\/p2p\/(\w+)$/.exec(address)?.[1]
          // It is there, and does not answer: as an address that nobody has.
          return inner.dial(to !== undefined && isCut(inner.peerId, to) ? 'out of reach' : address, options)
        },
        peers: inner.peers,
        publish: inner.publish,
        async *request(peerId, bytes, options) {
          // A member goes on trying to be answered, so this is not waited for.
          if (silent.has(peerId)) await abortable(new Promise<never>(() => {}), options?.signal)
          busy++
          try {
            yield* inner.request(peerId, bytes, options)
          } finally {
            busy--
          }
        },
        disconnect: inner.disconnect,
        stop: inner.stop
      }
      return self
    },
    async cut(peerIds) {
      side = new Set(peerIds)
      for (const [id, { neighbours, part }] of hub.nodes)
        for (const other of [...neighbours]) if (isCut(id, other)) part(other)
    },
    silence(peerIds) {
      silent = new Set(peerIds)
    },
    async deliver() {
      while (late.length > 0) await late.splice(Math.floor(random() * late.length), 1)[0]?.()
    }
  }
  return network
}
