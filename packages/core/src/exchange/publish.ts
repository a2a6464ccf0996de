import { fromHex, sha256 } from '../bytes.ts'
import type { StoredValue } from '../cache/record.ts'
import type { Entry } from '../entry.ts'
import type { Emit } from '../events.ts'
import type { Group, Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import { createBucket } from '../peers/bucket.ts'
import { deflate } from '../protocol/compress.ts'
import type { Gossip, PresenceMessage, ValueHead } from '../protocol/wire.ts'
import type { Transport } from '../transport/transport.ts'
import { createGossipSender } from './gossip-sender.ts'
import { headOf } from './head.ts'

/** What this member tells all others. Nothing here rejects: a message that cannot be sent is lost, as gossip may be. */
export interface Publish {
  /** With its body, if that is small. A member of a large group that has announced much lately only names it, as `touch` does. */
  announce(key: string, entry: Entry): Promise<void>
  value(key: string, value: StoredValue): Promise<void>
  /** Collected with others for a moment, which is longer in a larger group. */
  touch(key: string, hash: string, asOf: number): void
  /** `target`, or, of what that covers, `only` these. */
  purge(what: { target: string; only?: string[] | undefined }, asOf: number): Promise<void>
  presence(message: PresenceMessage): Promise<void>
  /** Sends what is collected and waits until nothing is under way. */
  flush(): Promise<void>
  stop(): void
}

export interface PublishOptions {
  group: Group
  transport: Transport
  limits: Limits
  localNow: () => number
  emit: Emit
  /** How many members are known. */
  known(): number
  /** How many are connected. */
  connected(): number
  mayShare(entry: Entry): boolean
}

interface Touched {
  hash: string
  asOf: number
}

/** Between two attempts to tell somebody, ms: first so long, then twice as long each time, up to this. */
const firstWaitMs = 10
const longestWaitMs = 2560

type TouchMessage = Extract<Gossip, { type: 'touch' }>

/** A body that is small enough to be sent along. */
async function inline(
  body: Uint8Array,
  { inlineBodyBytes, inlineBytes }: Pick<Limits, 'inlineBodyBytes' | 'inlineBytes'>
): Promise<Uint8Array | undefined> {
  if (body.byteLength > inlineBodyBytes) return undefined
  const compressed = await deflate(body as Uint8Array<ArrayBuffer>)
  return compressed.byteLength <= inlineBytes ? compressed : undefined
}

async function touchItems(group: Names, touched: [string, Touched][]): Promise<TouchMessage['items']> {
  return Promise.all(
    touched.map(async ([key, { hash, asOf }]) => [await group.wireKey(key), fromHex(hash), Math.round(asOf)])
  )
}

export function createPublish(options: PublishOptions): Publish {
  const { group, transport, limits, localNow, emit, known, connected, mayShare } = options
  const { send, stop } = createGossipSender(group, transport, limits, localNow)
  // Each announcement reaches everybody, so the more there are, the fewer each one makes.
  const isLarge = () => known() > limits.fewMembers
  const announcements = createBucket(
    () => limits.announcedPerSecond / known(),
    () => Math.max(1, limits.announcedBurst / known()),
    localNow
  )
  const touched = new Map<string, Touched>()
  const underWay = new Set<Promise<unknown>>()
  let touchTimer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function track<T>(work: Promise<T>): Promise<T | undefined> {
    const safe = work.catch(() => undefined)
    underWay.add(safe)
    return safe.finally(() => underWay.delete(safe))
  }

  const sentAt = () => Math.round(localNow())
  const wireKey = (key: string) => group.wireKey(key)

  async function sendTouches(): Promise<void> {
    touchTimer = undefined
    const all = [...touched]
    touched.clear()
    for (let at = 0; at < all.length; at += limits.touchKeys) {
      const items = await touchItems(group, all.slice(at, at + limits.touchKeys))
      await send({ type: 'touch', sentAt: sentAt(), items })
    }
  }

  function touch(key: string, hash: string, asOf: number): void {
    if (stopped) return
    touched.set(key, { hash, asOf })
    const waitMs = isLarge() ? known() * limits.touchPerMemberMs : limits.touchBatchMs
    touchTimer ??= setTimeout(() => void track(sendTouches()), waitMs)
  }

  async function announce(key: string, entry: Entry): Promise<void> {
    const body = entry.public ? await inline(entry.body, limits) : undefined
    const head = headOf(entry)
    const message: Gossip = { type: 'announce', sentAt: sentAt(), key: await wireKey(key), entry: head, body }
    const recipients = await sendToSomebody(message, () => mayShare(entry))
    emit('announced', { url: entry.url, key, recipients })
  }

  /** A member that has just been met takes gossip only a moment later, and a command that purges may have ended by then. */
  async function sendToSomebody(message: Gossip, maySay = () => true): Promise<number> {
    for (let waitMs = firstWaitMs; ; waitMs *= 2) {
      const recipients = await send(message, maySay)
      if (recipients > 0 || stopped || connected() === 0 || waitMs > longestWaitMs || !maySay()) return recipients
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }

  async function tellValue(key: string, value: StoredValue): Promise<void> {
    const body = await inline(value.json, limits)
    await sendToSomebody({
      type: 'value',
      sentAt: sentAt(),
      key: await wireKey(key),
      value: await valueHeadOf(value),
      body
    })
  }

  return {
    async announce(key, entry) {
      if (isLarge() && !announcements.take()) return touch(key, entry.hash, entry.asOf)
      await track(announce(key, entry))
    },
    async value(key, value) {
      await track(tellValue(key, value))
    },
    touch,
    async purge(what, asOf) {
      await track(sendToSomebody({ type: 'purge', sentAt: sentAt(), ...what, asOf: Math.round(asOf) }))
    },
    async presence(message) {
      await track(send({ ...message, type: 'presence' }))
    },
    async flush() {
      clearTimeout(touchTimer)
      if (touched.size > 0) track(sendTouches())
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    stop() {
      stopped = true
      clearTimeout(touchTimer)
      stop()
    }
  }
}

export async function valueHeadOf({ json, name, at, by, expiresAt, deleted }: StoredValue): Promise<ValueHead> {
  return {
    name,
    at: Math.round(at),
    by,
    expiresAt: Math.round(expiresAt),
    deleted,
    hash: await sha256(json),
    size: json.byteLength
  }
}
