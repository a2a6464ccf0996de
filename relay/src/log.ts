import { destination, type Logger, pino } from 'pino'

/** What waits for room on a full disk, at most. */
const maxWaitingBytes = 64 * 1024

/**
 * JSON lines to a file descriptor, by default standard error. Lines that cannot be written wait, and later ones are left out:
 * nothing that is logged is worth ending a relay.
 */
export function openLog(level: string, fd = 2): Logger {
  // With a least length, `flush` tries again.
  const lines = destination({ fd, sync: true, minLength: 1, maxLength: maxWaitingBytes })
  // A terminal that has gone, say, or a full disk.
  lines.on('error', () => {})
  lines.on('drop', () => lines.flush())
  return pino({ level, base: null }, lines)
}
