import * as v from 'valibot'
import type { StoreMeta, StoreRecord } from '../store/store.ts'

/*
 * Purges as they stand in a store, for other processes and the next start: so many records for each API, each with the
 * newest marks of the targets whose hash falls there. That bounds them, and a reader of an entry finds its marks by key.
 */
const recordsPerApi = 1024
const marksPerRecord = 8
/** All marks of one API that a store has room for. */
export const storedMarks = recordsPerApi * marksPerRecord
const version = 1

const marksMeta = v.object({
  version: v.literal(version),
  kind: v.literal('purges'),
  base: v.string(),
  /** The newest mark that had to make room: what is older than it counts as purged. */
  forgottenAt: v.number(),
  marks: v.record(v.string(), v.number())
})
export type Marks = v.InferOutput<typeof marksMeta>

/** What the keys of all of them begin with. */
export const marksPrefix = 'purges '

/** The record in which a target's mark stands. */
export function marksKey(base: string, target: string): string {
  let hash = 0
  for (let i = 0; i < target.length; i++) hash = Math.imul(hash ^ target.charCodeAt(i), 0x01000193)
  return `${marksPrefix}${base} ${(hash >>> 0) % recordsPerApi}`
}

/** Undefined for what is no record of marks. What is later than `latest`, a wrong clock wrote: it counts as absent. */
export function readMarks(meta: StoreMeta | undefined, latest = Number.POSITIVE_INFINITY): Marks | undefined {
  const read = v.safeParse(marksMeta, meta)
  if (!read.success) return undefined
  const { forgottenAt, marks } = read.output
  return {
    ...read.output,
    forgottenAt: forgottenAt > latest ? 0 : forgottenAt,
    marks: Object.fromEntries(Object.entries(marks).filter(([, at]) => at <= latest))
  }
}

/** When a target was marked, as a record says; 0 for never. */
export const markedAt = (marks: Marks | undefined, target: string): number =>
  Math.max(marks?.forgottenAt ?? 0, marks?.marks[target] ?? 0)

/** A record with one more mark; undefined where it has that or a newer one. */
export function withMark(known: Marks | undefined, base: string, target: string, at: number): StoreRecord | undefined {
  if (markedAt(known, target) >= at) return undefined
  const newestFirst = Object.entries({ ...known?.marks, [target]: at }).sort(([, a], [, b]) => b - a)
  const [, oldest = 0] = newestFirst[marksPerRecord] ?? []
  const meta: Marks = {
    version,
    kind: 'purges',
    base,
    forgottenAt: Math.max(known?.forgottenAt ?? 0, oldest),
    marks: Object.fromEntries(newestFirst.slice(0, marksPerRecord))
  }
  return { meta, body: new Uint8Array() }
}
