import type { RelayLimits } from './limits.ts'

/** For the process itself: its modules, key and database, the status port, and some to spare. */
const own = 160

/** Lowers the limits to what the descriptors allow: one socket for each connection, at most a quarter of them still shaking hands. */
export function fitDescriptors(limits: RelayLimits, max: number | undefined): RelayLimits {
  if (max === undefined || limits.connections + limits.handshakes + own <= max) return limits
  const free = Math.max(8, max - own)
  const handshakes = Math.min(limits.handshakes, free >> 2)
  return { ...limits, handshakes, connections: Math.min(limits.connections, free - handshakes) }
}
