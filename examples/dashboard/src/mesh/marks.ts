import type { Mesh } from 'ghmesh'

/** What somebody of the team said of a pull request or a default branch. */
export interface Mark {
  kind: 'taken' | 'snoozed'
  /** Login, as its sender says: any member could write any. */
  by: string
  /** Milliseconds since the epoch. */
  until: number
}

export interface Marks {
  /** By what was marked: `owner/name#12`, or `owner/name` for its default branch. */
  all(): ReadonlyMap<string, Mark>
  subscribe(listener: () => void): () => void
  /** Finds out what is said of these from now on, in place of those before: of the first 200, if there are more. */
  watch(ids: readonly string[]): void
  /** Tells the team; undefined takes it back. */
  mark(id: string, mark: Mark | undefined): Promise<void>
  stop(): void
}

const dayMs = 86_400_000
export const takenMs = 7 * dayMs
export const snoozedMs = dayMs
/** Nobody can set something aside for longer. */
const maxMarkMs = 31 * dayMs
/** Each may have to be asked for from members. */
const maxWatched = 200

/**
 * The name of the value that is shared. A hash, because all members can read names, and not all may know that a private repository
 * exists; in lower case, because each reader writes the name of a repository in their own way. `Mesh.get` promises that the later
 * of two values wins.
 */
async function nameOf(id: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`ghmesh dashboard\n${id.toLowerCase()}`))
  return `dashboard mark ${Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Undefined for anything else, which a member may have written, and for what is over. */
export function markIn(value: unknown, now: number): Mark | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kind, by, until } = value as Partial<Mark>
  if (kind !== 'taken' && kind !== 'snoozed') return undefined
  // https://docs.github.com/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
  if (typeof by !== 'string' || !/^[\w-]{1,100}$/.test(by)) return undefined
  if (typeof until !== 'number' || !(until > now && until <= now + maxMarkMs)) return undefined
  return { kind, by, until }
}

/** Marks shared with the group by `mesh.set`; without a group, kept in this browser. */
export function createMarks(
  mesh: Pick<Mesh, 'get' | 'set' | 'delete' | 'addEventListener'>,
  now: () => number = Date.now
): Marks {
  const listeners = new Set<() => void>()
  let watched: ReadonlySet<string> = new Set()
  /** Those of `watched` whose name is known, by that name. */
  const ids = new Map<string, string>()
  const control = new AbortController()
  const { signal } = control
  let marks: ReadonlyMap<string, Mark> = new Map()

  function keep(id: string, mark: Mark | undefined): void {
    if (JSON.stringify(marks.get(id)) === JSON.stringify(mark)) return
    const changed = new Map(marks)
    if (mark) changed.set(id, mark)
    else changed.delete(id)
    marks = changed
    for (const listener of listeners) listener()
  }

  async function look(name: string, id: string): Promise<void> {
    try {
      keep(id, markIn(await mesh.get(name, { signal }), now()))
    } catch {
      // The mesh has stopped, and the next one looks again.
    }
  }

  const lookAgain = () => {
    for (const [name, id] of ids) void look(name, id)
  }
  mesh.addEventListener(
    'received',
    ({ detail: { url } }) => {
      const id = ids.get(url)
      if (id !== undefined) void look(url, id)
    },
    { signal }
  )
  // A new member may hold what was said while this page was away.
  mesh.addEventListener('peer:connect', lookAgain, { signal })

  async function watch(id: string): Promise<void> {
    const name = await nameOf(id)
    // Others may have taken its place by now.
    if (ids.has(name) || !watched.has(id)) return
    ids.set(name, id)
    await look(name, id)
  }

  return {
    all: () => marks,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch(all) {
      watched = new Set(all.slice(0, maxWatched))
      for (const [name, id] of ids) if (!watched.has(id)) ids.delete(name)
      for (const id of watched) void watch(id)
    },
    async mark(id, mark) {
      keep(id, mark)
      const name = await nameOf(id)
      if (mark) await mesh.set(name, { ...mark }, { ttlMs: mark.until - now() })
      else await mesh.delete(name)
    },
    stop: () => control.abort()
  }
}
