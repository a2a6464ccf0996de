import { readFileSync } from 'node:fs'

/** How many files and sockets this process may have open; undefined where the system does not tell. */
export function maxDescriptors(): number | undefined {
  try {
    // Linux only; Node has no call for it.
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
