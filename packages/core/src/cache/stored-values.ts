import { createSizedLru } from '../sized-lru.ts'
import { readValue, type StoredValue, valueRecord } from './record.ts'
import type { Stored } from './stored.ts'

/** Named values. In memory only where the store is lost: with one, another process may have set a newer value. */
export function createStoredValues(stored: Pick<Stored, 'get' | 'put'>, maxBytes: number) {
  const memory = createSizedLru<StoredValue>({ maxBytes, bytesOf: ({ json }) => json.byteLength + 256 })
  return {
    async get(key: string): Promise<StoredValue | undefined> {
      const record = await stored.get(key)
      return record ? readValue(record) : memory.get(key)
    },
    async put(key: string, value: StoredValue): Promise<void> {
      memory.set(key, value)
      await stored.put(key, valueRecord(value))
    },
    delete: memory.delete,
    clear: memory.clear
  }
}
