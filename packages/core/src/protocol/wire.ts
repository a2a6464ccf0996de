import { decode, encode } from 'cborg'
import * as v from 'valibot'

/*
 * Every message of PROTOCOL.md: its shape, its bounds, and CBOR (RFC 8949) in its strict form. Unknown fields are
 * ignored, unknown versions and types refused.
 */
export const protocolVersion = 1

/** So many URLs one purge can name. */
export const maxPurgedAtOnce = 32
/** Each of them has at most so many characters. */
export const maxOnlyText = 1024

export const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'bytes expected')
export const bytesOf = (length: number) =>
  v.pipe(
    bytes,
    v.check(({ byteLength }) => byteLength === length)
  )
export const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
export const time = count

export const digest = bytesOf(32)
const fromOne = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

const relations = <T extends v.GenericSchema>(link: T) => {
  const one = v.optional(link)
  return v.object({ next: one, prev: one, first: one, last: one })
}
/** What one link's query changes in the entry's URL, by parameter; null leaves one out. */
const queryChanges = v.pipe(v.record(text(32), v.nullable(text(512))), v.maxEntries(12))

/** All that is told of an entry; status, headers and freshness are the receiver's own to make. */
export const entryHead = v.object({
  url: text(8192),
  accept: text(512),
  apiVersion: text(64),
  asOf: time,
  hash: digest,
  size: count,
  validator: v.picklist(['portable', 'object', 'verbatim', 'none']),
  // Of class `object` only: a git object id.
  etag: v.optional(v.pipe(v.string(), v.regex(/^(?:W\/)?"[\da-f]{40}"$/))),
  public: v.boolean(),
  anonymous: v.boolean(),
  variant: v.boolean(),
  // Absent from members of an older version, which tell pages that have a number only.
  links: v.optional(relations(queryChanges)),
  pages: v.optional(relations(fromOne))
})

const valueHead = v.object({
  name: text(1024),
  at: time,
  by: text(128),
  expiresAt: time,
  deleted: v.boolean(),
  hash: digest,
  size: count
})

const peerId = text(128)
const whereabouts = {
  name: text(128),
  version: text(64),
  addresses: v.pipe(v.array(text(512)), v.maxLength(16)),
  // It grants leases; absent from members of an older version, which are no homes of leases.
  leases: v.optional(v.boolean())
}
/** Shows that its sender holds a token, to those who hold it. */
const holding = bytesOf(16)
const presence = {
  ...whereabouts,
  // One for each token, in the sender's own words only; absent from members of an older version.
  holds: v.optional(v.pipe(v.array(holding), v.maxLength(16))),
  sentAt: time,
  // Offset to GitHub's clock, ms, from members that could read it.
  offset: v.optional(v.pipe(v.number(), v.safeInteger())),
  stats: v.record(text(64), v.unknown())
}
const presenceMessage = v.object(presence)
const member = v.object({ ...whereabouts, peerId, heardMs: time })

const purge = {
  target: text(8192),
  asOf: time,
  // Of what `target` covers, just these; unknown to members of an older version.
  only: v.optional(v.pipe(v.array(text(maxOnlyText)), v.maxLength(maxPurgedAtOnce)))
}

const sealed = { sentAt: time }
const gossip = v.variant('type', [
  v.object({ ...sealed, type: v.literal('announce'), key: digest, entry: entryHead, body: v.optional(bytes) }),
  v.object({ ...sealed, type: v.literal('value'), key: digest, value: valueHead, body: v.optional(bytes) }),
  v.object({
    ...sealed,
    type: v.literal('touch'),
    items: v.pipe(v.array(v.tuple([digest, digest, time])), v.maxLength(200))
  }),
  v.object({ ...sealed, ...purge, type: v.literal('purge') }),
  v.object({ ...presence, type: v.literal('presence') })
])

const question = v.variant('type', [
  v.object({ version: v.literal(protocolVersion), type: v.literal('proof'), proof: bytesOf(104) }),
  v.object({
    version: v.literal(protocolVersion),
    type: v.literal('get'),
    key: digest,
    hash: v.optional(digest),
    // Of several bodies under a key, this one.
    wanted: v.optional(digest),
    // `hash` is not what the asker sees: it means another one. Unknown to members of an older version.
    others: v.optional(v.boolean()),
    // The asker wants a lease where nothing later than this is held.
    after: v.optional(time),
    // The wire key is one of those who hold a token, as the asker does.
    holds: v.optional(holding)
  }),
  /** How a holder's call ended, to the home; how it stands with a key, from the home to those that wait. */
  v.object({
    version: v.literal(protocolVersion),
    type: v.literal('lease'),
    key: digest,
    state: v.picklist(['stored', 'nothing', 'failed', 'granted', 'waiting', 'free']),
    // With `stored`: which body it is, and when GitHub was asked for it.
    hash: v.optional(digest),
    asOf: v.optional(time),
    // As with `get`.
    holds: v.optional(holding)
  }),
  /** Something is stale for those that hold a token, as in the gossip of that name. */
  v.object({ version: v.literal(protocolVersion), type: v.literal('purge'), holds: holding, ...purge }),
  /** GitHub refuses a token that both sides hold, on one resource or, without, on all; or this is what is left of a resource. */
  v.object({
    version: v.literal(protocolVersion),
    type: v.literal('limited'),
    holds: holding,
    resource: v.optional(v.pipe(v.string(), v.regex(/^\w{1,64}$/))),
    until: time,
    // With it `until` is 0: members of an older version, which do not know the field, take that for a refusal that is over.
    quota: v.optional(v.object({ limit: fromOne, remaining: count, resetAt: time }))
  }),
  v.object({ version: v.literal(protocolVersion), type: v.literal('list') }),
  v.object({ version: v.literal(protocolVersion), type: v.literal('members') })
])

/** How it stands with a lease that was asked for. */
const lease = v.optional(v.picklist(['granted', 'waiting', 'free']))

const answer = v.variant('type', [
  v.object({
    type: v.literal('proof'),
    proof: bytesOf(104),
    // Absent from members of an older version.
    presence: v.optional(presenceMessage)
  }),
  /** To `proof`, from a peer that is not a member but relays members' messages. */
  v.object({ type: v.literal('relay') }),
  v.object({ type: v.literal('none'), lease }),
  /** To `lease`: it was expected. */
  v.object({ type: v.literal('ok') }),
  v.object({
    type: v.literal('entry'),
    entry: entryHead,
    encoding: v.picklist(['identity', 'deflate-raw', 'held']),
    length: count,
    lease
  }),
  v.object({
    type: v.literal('value'),
    value: valueHead,
    encoding: v.picklist(['identity', 'deflate-raw', 'held']),
    length: count
  }),
  v.object({
    type: v.literal('keys'),
    items: v.pipe(v.array(v.tuple([digest, digest, time])), v.maxLength(1000)),
    // What was purged lately: target, asOf. Absent from members of an older version.
    purges: v.optional(v.pipe(v.array(v.tuple([text(8192), time])), v.maxLength(1000)))
  }),
  v.object({ type: v.literal('members'), items: v.pipe(v.array(member), v.maxLength(1000)) }),
  v.object({ type: v.literal('error'), code: v.picklist(['version', 'malformed', 'unproven', 'busy']) })
])

const nonce = bytesOf(16)
const probe = v.object({ nonce })
const probed = v.object({
  nonce,
  /** Of ghmesh. */
  version: v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}$/)),
  name: v.optional(text(128))
})

export type EntryHead = v.InferOutput<typeof entryHead>
export type ValueHead = v.InferOutput<typeof valueHead>
export type Gossip = v.InferOutput<typeof gossip>
/** What a member tells of itself. */
export type PresenceMessage = v.InferOutput<typeof presenceMessage>
/** What a member tells of another one. */
export type ToldMember = v.InferOutput<typeof member>
export type Question = v.InferOutput<typeof question>
export type Answer = v.InferOutput<typeof answer>
export type Probe = v.InferOutput<typeof probe>
export type Probed = v.InferOutput<typeof probed>

// Absent fields are left out, never sent as `undefined`: of maps in lists, too.
export const present = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(present)
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, present(field)])
  )
}
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

export function parse<T>(shape: v.GenericSchema<unknown, T>, encoded: Uint8Array): T | undefined {
  try {
    const strict = {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      rejectDuplicateMapKeys: true
    }
    const read = v.safeParse(shape, decode(encoded, strict))
    return read.success ? read.output : undefined
  } catch {
    return undefined // not CBOR, or nested beyond all reason
  }
}

export const encodeGossip = (message: Gossip): Uint8Array => encode(present(message))
export const decodeGossip = (encoded: Uint8Array): Gossip | undefined => parse(gossip, encoded)
export const encodeQuestion = (message: Question): Uint8Array => encode(present(message))
/** Undefined for what is no question of this version. */
export const decodeQuestion = (encoded: Uint8Array): Question | undefined => parse(question, encoded)
/** The first frame of an answer, CBOR. */
export const encodeAnswer = (message: Answer): Uint8Array => encode(present(message))
export const decodeAnswer = (encoded: Uint8Array): Answer | undefined => parse(answer, encoded)
export const encodeProbe = (message: Probe): Uint8Array => encode(message)
export const decodeProbe = (encoded: Uint8Array): Probe | undefined => parse(probe, encoded)
export const encodeProbed = (message: Probed): Uint8Array => encode(present(message))
export const decodeProbed = (encoded: Uint8Array): Probed | undefined => parse(probed, encoded)

/** A later protocol says so in the first byte of gossip and in the `version` of a question. */
export const questionVersion = (encoded: Uint8Array): number | undefined =>
  parse(v.object({ version: v.number() }), encoded)?.version
