import type { AbortOptions } from '../abort.ts'
import { equal, hex, sha256, sha256Hex, text, utf8 } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { StoredValue } from '../cache/record.ts'
import type { Unasked } from '../cache/unasked.ts'
import { MeshError } from '../errors.ts'
import type { Emit } from '../events.ts'
import { valueKeyOf } from '../github/key.ts'
import type { Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ValueHead } from '../protocol/wire.ts'
import type { Counters } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface Values {
  get<T extends Json>(name: string, options?: AbortOptions): Promise<T | undefined>
  set(name: string, value: Json, options?: AbortOptions & { ttlMs?: number | undefined }): Promise<void>
  delete(name: string, options?: AbortOptions): Promise<void>
  /** A member's value: true when it was taken or is held already. */
  take(head: ValueHead, wireKey: Uint8Array, group: Names, from: string, body: Uint8Array): Promise<boolean>
}

export interface ValuesOptions {
  cache: Cache
  shareable: Pick<ShareableIndex, 'add'>
  reputation: Reputation
  counters: Counters
  limits: Limits
  emit: Emit
  githubNow: () => number
  peerId(): string
  publish(key: string, value: StoredValue): Promise<void>
  /** Asks members for a value that is not held. */
  lookUp(key: string): Promise<void>
  unasked?: Unasked
}

const maxNameLength = 1024
const maxTtlMs = 366 * 24 * 3_600_000

/** Later wins; of two at the same moment the higher peer id. A time ahead of the clock counts as now. */
function replaces(a: Pick<StoredValue, 'at' | 'by'>, b: Pick<StoredValue, 'at' | 'by'>, now: number): boolean {
  const atA = Math.min(a.at, now)
  const atB = Math.min(b.at, now)
  return atA > atB || (atA === atB && a.by > b.by)
}

/** Small JSON by name, shared with all members; any member may overwrite. */
export function createValues(options: ValuesOptions): Values {
  const { cache, shareable, reputation, counters, limits, emit, githubNow, peerId, publish, lookUp, unasked } = options

  async function live(key: string): Promise<StoredValue | undefined> {
    const value = await cache.value(key)
    if (value && value.expiresAt > githubNow()) return value
    if (value) {
      await cache.delete(key)
      counters.expired()
    }
    return undefined
  }

  async function put(key: string, value: StoredValue): Promise<void> {
    await cache.putValue(key, value)
    unasked?.used(key)
    await shareable.add(key, await sha256Hex(value.json), value.at)
    await publish(key, value)
  }

  const keyFor = async (name: string): Promise<string> => {
    if (name === '' || name.length > maxNameLength) {
      throw new MeshError(
        'ERR_INVALID_OPTION',
        `a value's name has 1 to ${maxNameLength} characters; this one has ${name.length}`
      )
    }
    return valueKeyOf(name)
  }
  /** Newer than what is there, even where that came from a clock ahead of ours. */
  const nextTime = async (key: string) => Math.max(githubNow(), ((await cache.value(key))?.at ?? 0) + 1)

  return {
    async get<T extends Json>(name: string, { signal }: AbortOptions = {}) {
      signal?.throwIfAborted()
      const key = await keyFor(name)
      counters.asked()
      if (!(await live(key))) await lookUp(key)
      signal?.throwIfAborted()
      const value = await live(key)
      if (!value || value.deleted) return undefined
      unasked?.used(key)
      const own = value.by === peerId()
      counters.answered(own ? 'hits' : 'peerHits')
      if (own) emit('hit', { url: name, key })
      else emit('peer-hit', { url: name, key, peerId: value.by })
      return JSON.parse(text(value.json)) as T
    },
    async set(name, value, { signal, ttlMs = limits.valueTtlMs } = {}) {
      signal?.throwIfAborted()
      const key = await keyFor(name)
      const encoded = JSON.stringify(value)
      if (encoded === undefined)
        throw new MeshError('ERR_INVALID_OPTION', `the value of "${name}" is nothing that JSON can say`)
      if (!(ttlMs > 0 && ttlMs <= maxTtlMs))
        throw new MeshError('ERR_INVALID_OPTION', `ttlMs is a number of milliseconds above 0, not ${ttlMs}`)
      const json = utf8(encoded)
      if (json.byteLength > limits.valueBytes) {
        throw new MeshError(
          'ERR_VALUE_TOO_LARGE',
          `the value of "${name}" has ${json.byteLength} bytes; a value has at most ${limits.valueBytes}`
        )
      }
      const at = await nextTime(key)
      await put(key, { name, json, at, by: peerId(), expiresAt: at + ttlMs, deleted: false })
    },
    async delete(name, { signal } = {}) {
      signal?.throwIfAborted()
      const key = await keyFor(name)
      const at = await nextTime(key)
      await put(key, { name, json: utf8('null'), at, by: peerId(), expiresAt: at + limits.valueTtlMs, deleted: true })
    },
    async take(head, wireKey, group, from, body) {
      const { name, at, by, expiresAt, deleted } = head
      const refuse = (reason: string) => {
        reputation.reject(from, reason)
        return false
      }
      if (body.byteLength > limits.valueBytes || body.byteLength !== head.size) return refuse('size')
      if (!equal(await sha256(body), head.hash)) return refuse('hash')
      const key = await valueKeyOf(name)
      if (name === '' || !equal(await group.wireKey(key), wireKey)) return refuse('key')
      try {
        JSON.parse(text(body))
      } catch {
        return refuse('content')
      }
      if (expiresAt <= githubNow()) return false
      const held = await cache.value(key)
      const incoming: StoredValue = {
        name,
        json: body,
        at: Math.min(at, githubNow()),
        by,
        // No longer than `set` allows, whatever a member says.
        expiresAt: Math.min(expiresAt, githubNow() + maxTtlMs),
        deleted
      }
      if (held && !replaces(incoming, held, githubNow())) return true
      await cache.putValue(key, incoming)
      unasked?.add(key, from, body.byteLength)
      await shareable.add(key, hex(head.hash), incoming.at)
      emit('received', { url: name, key, peerId: from })
      return true
    }
  }
}
