import type { Mesh, MeshEvents } from 'ghmesh'

export interface UntilOptions {
  waitMs: number
  /** How often to look even if nothing happens. */
  pollMs?: number
  signal: AbortSignal
  /** Which received things are worth a look. Default: all. */
  received?(url: string): boolean
}

const wakers = ['received', 'peer:connect', 'peer:disconnect'] as const

/** The first thing that `look` finds. Looks now, whenever members come, go or send something, and every `pollMs`. Undefined when time is up. */
export async function until<T>(
  mesh: Mesh,
  look: () => Promise<T | undefined> | T | undefined,
  options: UntilOptions
): Promise<T | undefined> {
  const { waitMs, pollMs = waitMs, signal, received = () => true } = options
  const deadline = performance.now() + waitMs
  let wake = () => {}
  const woken = ({ type, detail }: CustomEvent<MeshEvents[(typeof wakers)[number]]>) => {
    if (type !== 'received' || received((detail as MeshEvents['received']).url)) wake()
  }
  const aborted = () => wake()
  for (const type of wakers) mesh.addEventListener(type, woken)
  signal.addEventListener('abort', aborted)
  try {
    for (;;) {
      signal.throwIfAborted()
      // Created before looking, so that nothing that happens meanwhile is missed.
      const event = new Promise<void>((resolve) => {
        wake = resolve
      })
      const found = await look()
      if (found !== undefined) return found
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return undefined
      const timer = setTimeout(() => wake(), Math.min(pollMs, leftMs))
      await event
      clearTimeout(timer)
    }
  } finally {
    for (const type of wakers) mesh.removeEventListener(type, woken)
    signal.removeEventListener('abort', aborted)
  }
}

/** Resolves as soon as a member is connected, to the number of members; 0 if none connected in time. */
export async function firstMember(mesh: Mesh, waitMs: number, signal: AbortSignal): Promise<number> {
  return (await until(mesh, () => mesh.peers().length || undefined, { waitMs, signal, received: () => false })) ?? 0
}
