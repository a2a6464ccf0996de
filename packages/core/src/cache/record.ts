import * as v from 'valibot'
import { concat, fromHex, hex, plain } from '../bytes.ts'
import type { Entry, EntrySummary, Holding } from '../entry.ts'
import type { Json, StoreMeta, StoreRecord } from '../store/store.ts'

/*
 * How holdings and values stand in a store: the bodies one after the other, all else in the meta. Version 1.
 * What cannot be read is a miss: another version, another program's record, a damaged one.
 */
const version = 1

const entryMeta = v.object({
  url: v.string(),
  accept: v.string(),
  apiVersion: v.string(),
  hash: v.string(),
  byteLength: v.pipe(v.number(), v.integer(), v.minValue(0)),
  headers: v.record(v.string(), v.string()),
  asOf: v.number(),
  validator: v.picklist(['portable', 'object', 'verbatim', 'none']),
  etag: v.optional(v.string()),
  public: v.boolean(),
  publicAt: v.optional(v.number()),
  anonymous: v.boolean(),
  variant: v.boolean(),
  local: v.boolean(),
  maxAgeMs: v.number(),
  items: v.optional(v.number()),
  from: v.optional(v.string()),
  takenAt: v.optional(v.number()),
  confirmed: v.record(v.string(), v.number())
})
const responseMeta = v.object({ version: v.literal(version), kind: v.literal('response'), entries: v.array(entryMeta) })
const valueMeta = v.object({
  version: v.literal(version),
  kind: v.literal('value'),
  name: v.string(),
  at: v.number(),
  by: v.string(),
  expiresAt: v.number(),
  deleted: v.boolean()
})

/** A named value; `deleted` is the tombstone that keeps an older one from coming back. */
export interface StoredValue {
  name: string
  json: Uint8Array
  /** When it was set, ms on GitHub's clock, and by which peer: the order in which values replace each other. */
  at: number
  by: string
  expiresAt: number
  deleted: boolean
}

export const holdingMeta = ({ entries }: Holding): StoreMeta => ({
  version,
  kind: 'response',
  entries: entries.map(({ body, ...rest }) => ({ ...rest, byteLength: body.byteLength }) as unknown as Json)
})

/**
 * Behind the bodies stand their hashes: another process can write between two of our calls, and then meta and bodies of
 * different writers must not pass for one record. A store guards against damage itself, so the bodies are not hashed again.
 */
export const holdingRecord = (holding: Holding): StoreRecord => ({
  meta: holdingMeta(holding),
  body: concat(...holding.entries.map(({ body }) => body), ...holding.entries.map(({ hash }) => fromHex(hash)))
})

export function readHolding(key: string, { meta, body }: StoreRecord): Holding | undefined {
  const read = v.safeParse(responseMeta, meta)
  if (!read.success || !(body instanceof Uint8Array)) return undefined
  let offset = 0
  const entries: Entry[] = []
  for (const { byteLength, ...rest } of read.output.entries) {
    entries.push({ ...rest, body: plain(body.subarray(offset, offset + byteLength)) })
    offset += byteLength
  }
  const hashes = entries.map(({ hash }) => hash).join('')
  return entries.length > 0 && hex(body.subarray(offset)) === hashes ? { key, entries } : undefined
}

/** The newest entry of a record, without its body; undefined for values and what cannot be read. */
export const readSummary = (meta: StoreMeta): EntrySummary | undefined => readEntryMetas(meta)[0]

/** All entries of a record without their bodies, newest first; empty for values and what cannot be read. */
export function readEntryMetas(meta: StoreMeta): v.InferOutput<typeof entryMeta>[] {
  const read = v.safeParse(responseMeta, meta)
  return read.success ? read.output.entries : []
}

export const valueRecord = ({ json, ...meta }: StoredValue): StoreRecord => ({
  meta: { version, kind: 'value', ...meta },
  body: json
})

export function readValue({ meta, body }: StoreRecord): StoredValue | undefined {
  const read = v.safeParse(valueMeta, meta)
  if (!read.success || !(body instanceof Uint8Array)) return undefined
  const { name, at, by, expiresAt, deleted } = read.output
  return { name, at, by, expiresAt, deleted, json: body }
}
