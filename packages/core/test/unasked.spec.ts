import { expect } from 'chai'
import fc from 'fast-check'
import { createUnasked, evictUnused } from '../src/cache/unasked.ts'
import type { Entry } from '../src/entry.ts'
import { anEntry } from './fixtures/entries.ts'

describe('what members sent without being asked', () => {
  function keeping(maxBytes: number, maxEntries: number) {
    const kept = new Map<string, { peerId: string; byteLength: number }>()
    const unasked = createUnasked({ maxBytes, maxEntries, evict: (key) => void kept.delete(key) })
    return {
      kept,
      add(key: string, peerId: string, byteLength: number) {
        kept.set(key, { peerId, byteLength })
        unasked.add(key, peerId, byteLength)
      },
      used(key: string) {
        kept.delete(key)
        unasked.used(key)
      }
    }
  }

  it('makes room at the member that sent most, the oldest first', () => {
    const here = keeping(100, 10)
    here.add('a1', 'a', 20)
    for (const key of ['b1', 'b2', 'b3']) here.add(key, 'b', 30)
    expect([...here.kept.keys()]).to.deep.equal(['a1', 'b2', 'b3'])
  })

  it('counts entries as well as bytes', () => {
    const here = keeping(1000, 3)
    here.add('a1', 'a', 900)
    for (const key of ['b1', 'b2', 'b3']) here.add(key, 'b', 1)
    expect([...here.kept.keys()]).to.deep.equal(['a1', 'b2', 'b3'])
  })

  it('lets go of what has been used', () => {
    const here = keeping(100, 10)
    here.add('a1', 'a', 90)
    here.used('a1')
    here.add('a2', 'a', 90)
    expect([...here.kept.keys()]).to.deep.equal(['a2'])
  })

  it('never holds more than its share, and never less than fits', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 20 }).map(String),
      peerId: fc.constantFrom('a', 'b', 'c'),
      byteLength: fc.integer({ min: 0, max: 60 }),
      uses: fc.boolean()
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const here = keeping(100, 8)
        for (const { key, peerId, byteLength, uses } of steps) {
          if (uses) here.used(key)
          else here.add(key, peerId, byteLength)
          const kept = [...here.kept.values()]
          expect(kept.reduce((sum, one) => sum + one.byteLength, 0)).to.be.at.most(100)
          expect(kept.length).to.be.at.most(8)
        }
      })
    )
  })

  it('goes where there is no room, except what GitHub has shown to this member', async () => {
    const goes = async (...entries: Entry[]) => {
      let isGone = false
      const cache = {
        find: async (key: string) => ({ key, entries }),
        delete: async () => {
          isGone = true
        }
      }
      await evictUnused(cache, 'key')
      return isGone
    }
    const ofMember = anEntry({ from: 'a' })
    expect(await goes(ofMember, anEntry({ from: 'b', confirmed: { me: -5 } }))).to.equal(true)
    expect(await goes(ofMember, anEntry({ from: 'b', confirmed: { me: 5 } })), 'by a 304').to.equal(false)
    expect(await goes(ofMember, anEntry()), 'by a 200').to.equal(false)
  })
})
