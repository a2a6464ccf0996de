import type { AbortOptions } from '../abort.ts'
import { sha256Hex, text, utf8 } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { StoredValue } from '../cache/record.ts'
import type { Unasked } from '../cache/unasked.ts'
import { MeshError } from '../errors.ts'
import type { Emit } from '../events.ts'
import { valueKeyOf } from '../github/key.ts'
import type { Limits } from '../limits.ts'
import type { Counters } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface Values {
  get<T extends Json>(name: string, options?: AbortOptions): Promise<T | undefined>
  set(name: string, value: Json, options?: AbortOptions & { ttlMs?: number | undefined }): Promise<void>
  delete(name: string, options?: AbortOptions): Promise<void>
}

export interface ValuesOptions {
  cache: Pick<Cache, 'value' | 'changeValue'>
  shareable: Pick<ShareableIndex, 'add'>
  counters: Counters
  limits: Limits
  emit: Emit
  githubNow: () => number
  peerId(): string
  publish(key: string, value: StoredValue): Promise<void>
  /** Asks members for a value that is not held. */
  lookUp(key: string): Promise<void>
  unasked?: Pick<Unasked, 'used'>
}

const maxNameLength = 1024
/** No value lives longer. */
export const maxTtlMs = 366 * 24 * 3_600_000

/** Small JSON by name, shared with all members; any member may overwrite. */
export function createValues(options: ValuesOptions): Values {
  const { cache, shareable, counters, limits, emit, githubNow, peerId, publish, lookUp, unasked } = options

  async function live(key: string): Promise<StoredValue | undefined> {
    const isLive = (value: StoredValue) => value.expiresAt > githubNow()
    const value = await cache.value(key)
    if (!value || isLive(value)) return value
    // Another may have taken its place meanwhile.
    const left = await cache.changeValue(key, (held) => (held && isLive(held) ? held : undefined))
    if (!left) counters.expired()
    return left
  }

  async function put(
    key: string,
    { ttlMs, ...said }: Pick<StoredValue, 'name' | 'json' | 'deleted'> & { ttlMs: number }
  ): Promise<void> {
    const value = (await cache.changeValue(key, (held) => {
      // Newer than what is there, even where that came from a clock ahead of ours.
      const at = Math.max(githubNow(), (held?.at ?? 0) + 1)
      return { ...said, at, by: peerId(), expiresAt: at + ttlMs }
    })) as StoredValue
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
      await put(key, { name, json, ttlMs, deleted: false })
    },
    async delete(name, { signal } = {}) {
      signal?.throwIfAborted()
      const key = await keyFor(name)
      await put(key, { name, json: utf8('null'), ttlMs: limits.valueTtlMs, deleted: true })
    }
  }
}
