import { createSizedLru } from '../sized-lru.ts'
import { readValue, type StoredValue, valueRecord } from './record.ts'
import type { Stored } from './stored.ts'

type Change = (held: StoredValue | undefined) => StoredValue | undefined

/** Named values. In memory only where the store is lost: with one, another process may have set a newer value. */
export function createStoredValues(stored: Pick<Stored, 'get' | 'put' | 'delete'>, maxBytes: number) {
  const memory = createSizedLru<StoredValue>({ maxBytes, bytesOf: ({ json }) => json.byteLength + 256 })
  /** The last change of each key that is under way. */
  const changing = new Map<string, Promise<StoredValue | undefined>>()

  async function get(key: string): Promise<StoredValue | undefined> {
    const record = await stored.get(key)
    return record ? readValue(record) : memory.get(key)
  }

  async function changeNow(key: string, change: Change): Promise<StoredValue | undefined> {
    const held = await get(key)
    const changed = change(held)
    if (changed === held) return held
    if (!changed) {
      memory.delete(key)
      return void (await stored.delete(key))
    }
    memory.set(key, changed)
    await stored.put(key, valueRecord(changed))
    return changed
  }

  return {
    get,
    /** See `Cache.changeValue`. */
    change(key: string, change: Change): Promise<StoredValue | undefined> {
      const begin = () => changeNow(key, change)
      const work = changing.get(key)?.then(begin, begin) ?? begin()
      changing.set(key, work)
      return work.finally(() => changing.get(key) === work && changing.delete(key))
    },
    delete: memory.delete,
    clear: memory.clear
  }
}
