import { expect } from 'chai'
import * as fc from 'fast-check'
import { createSizedLru } from '../src/sized-lru.ts'

type Step = ['set' | 'get' | 'peek' | 'delete' | 'clear', string, number]

const maxBytes = 10
const maxEntries = 3
const keys = ['a', 'b', 'c', 'd', '1', '__proto__', 'constructor']
const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('set', 'set', 'set', 'get', 'peek', 'delete', 'clear'),
    fc.constantFrom(...keys),
    fc.integer({ min: 0, max: maxBytes + 2 })
  )
)

/** The same in the plainest way: a list, what was used least lately first. */
function createModel() {
  const model = { held: [] as [string, number][], left: [] as [string, number][], evicted: 0 }
  const take = (key: string) => {
    const found = model.held.filter(([one]) => one === key)
    model.held = model.held.filter(([one]) => one !== key)
    return found
  }
  const bytes = () => model.held.reduce((sum, [, value]) => sum + value, 0)
  return Object.assign(model, {
    bytes,
    do([what, key, value]: Step): number | undefined {
      if (what === 'clear') model.held = []
      else if (what === 'delete') model.left.push(...take(key))
      else if (what === 'peek') return model.held.find(([one]) => one === key)?.[1]
      else if (what === 'get') {
        const found = take(key)
        model.held.push(...found)
        return found[0]?.[1]
      } else if (value > maxBytes) model.left.push(...take(key))
      else {
        take(key)
        model.held.push([key, value])
        while (bytes() > maxBytes || model.held.length > maxEntries) {
          model.left.push(...model.held.splice(0, 1))
          model.evicted++
        }
      }
      return undefined
    }
  })
}

describe('sizedLru', () => {
  it('holds what was used last, within both bounds at every moment, and tells what leaves', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = createModel()
        const left: [string, number][] = []
        const lru = createSizedLru<number>({
          maxBytes,
          maxEntries,
          bytesOf: (value) => value,
          left: (key, value) => left.push([key, value])
        })
        for (const step of all) {
          const [what, key, value] = step
          const got = what === 'set' ? lru.set(key, value) : what === 'clear' ? lru.clear() : lru[what](key)
          expect(got).to.equal(model.do(step))
          expect(lru.entries()).to.deep.equal(model.held)
          expect(left).to.deep.equal(model.left)
          expect([lru.size, lru.bytes, lru.evicted]).to.deep.equal([model.held.length, model.bytes(), model.evicted])
        }
      })
    )
  })
})
