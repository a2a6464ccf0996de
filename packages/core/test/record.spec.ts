import { expect } from 'chai'
import { utf8 } from '../src/bytes.ts'
import { holdingMeta, holdingRecord, readHolding, readSummary, readValue, valueRecord } from '../src/cache/record.ts'
import type { Entry } from '../src/entry.ts'
import type { StoreMeta } from '../src/store/store.ts'
import { entryOf } from './fixtures/entries.ts'

// Stores keep the meta as JSON or as a structured clone.
const kept = <T>(meta: T): T => JSON.parse(JSON.stringify(meta)) as T
const defined = (entry: Entry) => Object.fromEntries(Object.entries(entry).filter(([, field]) => field !== undefined))

describe('record', () => {
  let entries: Entry[]
  before(async () => {
    entries = [
      await entryOf('first', { variant: true, from: 'peer', takenAt: 5, items: 0 }),
      await entryOf('', { takenAt: 7, etag: '"x"', validator: 'object' }),
      await entryOf('third', { confirmed: { me: 1, you: 0 } })
    ]
  })

  it('brings a holding back as it was, all bodies of it', async () => {
    for (const some of [entries.slice(0, 1), entries]) {
      const { meta, body } = holdingRecord({ key: 'k', entries: some })
      const read = await readHolding('k', { meta: kept(meta), body })
      expect(read?.key).to.equal('k')
      expect(read?.entries.map(defined)).to.deep.equal(some.map(defined))
    }
  })

  it('tells the newest entry without its body', () => {
    expect(readSummary(kept(holdingMeta({ key: 'k', entries })))).to.deep.include({
      hash: entries[0]?.hash,
      byteLength: 5,
      asOf: 1000
    })
  })

  it('brings a value back as it was', () => {
    const value = { name: 'n', json: utf8('{"a":1}'), at: 1, by: 'peer', expiresAt: 2, deleted: false }
    const { meta, body } = valueRecord(value)
    expect(readValue({ meta: kept(meta), body })).to.deep.equal(value)
  })

  it('reads neither for the other', async () => {
    const holding = holdingRecord({ key: 'k', entries })
    const value = valueRecord({ name: 'n', json: utf8('1'), at: 1, by: 'p', expiresAt: 2, deleted: false })
    expect(readValue(holding)).to.equal(undefined)
    expect(await readHolding('k', value)).to.equal(undefined)
    expect(readSummary(value.meta)).to.equal(undefined)
  })

  it('takes what is damaged, of another version or of another program for a miss', async () => {
    const { meta, body } = holdingRecord({ key: 'k', entries })
    const [first] = meta.entries as object[]
    const misses: [unknown, Uint8Array?][] = [
      [meta, body.subarray(1)],
      [meta, new Uint8Array([...body, 0])],
      [meta, body.toReversed()],
      [{ ...meta, version: 2 }],
      [{ ...meta, entries: [] }, new Uint8Array()],
      [{ ...meta, entries: [{ ...first, byteLength: -1 }] }],
      ...[{}, null, [], 'x', { version: 1 }].map((other): [unknown] => [other])
    ]
    for (const [changed, bytes = body] of misses)
      expect(await readHolding('k', { meta: changed as StoreMeta, body: bytes })).to.equal(undefined)
  })

  it('reads no meta of which one field was changed into something else', async () => {
    const { meta, body } = holdingRecord({ key: 'k', entries: entries.slice(0, 1) })
    const [entry] = meta.entries as Record<string, unknown>[]
    for (const field of Object.keys(entry ?? {})) {
      const damaged = { ...meta, entries: [{ ...entry, [field]: null }] } as StoreMeta
      expect(await readHolding('k', { meta: damaged, body }), field).to.equal(undefined)
    }
  })
})
