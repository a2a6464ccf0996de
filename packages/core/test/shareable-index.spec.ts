import { expect } from 'chai'
import * as fc from 'fast-check'
import { fromHex, hex } from '../src/bytes.ts'
import { createCache } from '../src/cache/cache.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createShareableIndex } from '../src/exchange/shareable-index.ts'
import { createApi } from '../src/github/api.ts'
import { type Group, openGroup } from '../src/group/group.ts'
import { defaultLimits } from '../src/limits.ts'
import { memoryStore } from '../src/store/memory.ts'

const key = (n: number) => n.toString(16).padStart(64, '0')
const nobody = { warning() {}, read() {} }

describe('the mirror', () => {
  let group: Group
  before(async () => {
    group = await openGroup(`ghm1_${'A'.repeat(43)}`, () => 0, 1000)
  })

  it('tells a newcomer the freshest of what is held, however often each was seen', async () => {
    const limits = { ...defaultLimits, listKeys: 5 }
    const sightings = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 1000 })), { maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(sightings, async (all) => {
        const purges = createPurges(createApi(new URL('https://api.github.com')))
        const cache = createCache(memoryStore(), limits, () => 0, purges, nobody)
        const mirror = createShareableIndex({
          cache,
          groups: [group],
          limits,
          githubNow: () => 0,
          mayShare: () => true
        })
        const held = new Map<string, number>()
        for (const [n, at] of all) {
          const asOf = Math.max(at, held.get(key(n)) ?? 0) // an entry only gets newer
          held.set(key(n), asOf)
          await mirror.add(key(n), key(n), asOf)
        }
        const told = await mirror.newest(group)
        const freshest = [...held.values()].sort((a, b) => b - a).slice(0, 5)
        expect(told.map(([, , asOf]) => asOf)).to.deep.equal(freshest)
        for (const [wireKey, hash, asOf] of told) {
          expect(held.get(hex(hash))).to.equal(asOf)
          expect(hex(wireKey)).to.equal(hex(await group.wireKey(hex(hash))))
          expect(fromHex(mirror.keyOf(hex(wireKey)) ?? '')).to.deep.equal(hash)
        }
      })
    )
  })
})
