import type { Connection, PeerId } from '@libp2p/interface'
import { isDirect } from './path.ts'
import type { createProvenLinks } from './proven-links.ts'

export interface BetterWaysOptions {
  links: Pick<ReturnType<typeof createProvenLinks>, 'prove'>
  connections(peer: PeerId): Connection[]
  /** How long what is under way on a circuit has to end, ms. */
  graceMs: number
}

/** A circuit is for the time until there is a better way: closes those to a peer that is connected directly. */
export function createBetterWays({ links, connections, graceMs }: BetterWaysOptions) {
  const closing = new Set<ReturnType<typeof setTimeout>>()
  let stopped = false

  async function replaceCircuits(opened: Connection): Promise<void> {
    if (!(await links.prove(opened)) || !isDirect(opened) || stopped) return
    const timer = setTimeout(() => {
      closing.delete(timer)
      if (opened.status !== 'open') return
      // One whose relay has gone cannot be closed in good order, and ends by itself.
      for (const other of connections(opened.remotePeer)) if (!isDirect(other)) other.close().catch(() => {})
    }, graceMs)
    closing.add(timer)
  }

  return {
    opened(connection: Connection): void {
      // What cannot even be broken off has ended.
      replaceCircuits(connection).catch(() => {})
    },
    stop(): void {
      stopped = true
      for (const timer of closing) clearTimeout(timer)
    }
  }
}
