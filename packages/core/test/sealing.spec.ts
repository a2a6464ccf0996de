import { expect } from 'chai'
import * as fc from 'fast-check'
import { utf8 } from '../src/bytes.ts'
import { deriveKeys } from '../src/group/keys.ts'
import { createSealing, padmeLength, type SealContext } from '../src/group/sealing.ts'

const day = 86_400_000
const context: SealContext = { purpose: 'gossip', place: 'topic', sender: 'peer' }
const rootKey = async () => (await deriveKeys(crypto.getRandomValues(new Uint8Array(32)))).sealingRoot

describe('sealing', () => {
  let root: CryptoKey
  before(async () => {
    root = await rootKey()
  })
  const create = (now = () => 0, key = root) => createSealing(key, now)

  it('is opened by every member, and hides what it says', async () => {
    const [sender, receiver] = [create(), create()]
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const sealed = await sender.seal(bytes, context)
        expect((await receiver.open(sealed, context))?.bytes).to.deep.equal(new Uint8Array(bytes))
        expect(sealed.byteLength).to.equal(16 + 6 + padmeLength(bytes.length + 4) + 16)
      }),
      { numRuns: 30 }
    )
    expect(new TextDecoder('latin1').decode(await sender.seal(utf8('not in clear'), context))).to.not.include('clear')
  })

  it('is bound to purpose, place and sender, and to the secret', async () => {
    const sealed = await create().seal(utf8('x'), context)
    for (const other of [{ purpose: 'shelf' }, { place: 'topic2' }, { sender: 'thief' }])
      expect(await create().open(sealed, { ...context, ...other })).to.equal(undefined)
    expect(await create(undefined, await rootKey()).open(sealed, context)).to.equal(undefined)
  })

  it('is not confused by names that run into each other', async () => {
    const sealed = await create().seal(utf8('x'), { purpose: 'a', place: 'b', sender: 'c\nd' })
    for (const other of [
      { purpose: 'a', place: 'b\nc', sender: 'd' },
      { purpose: 'a\nb', place: 'c', sender: 'd' }
    ])
      expect(await create().open(sealed, other)).to.equal(undefined)
  })

  it('does not open once a bit was changed, nor when it was cut or made up', async () => {
    const [sealed, receiver] = [await create().seal(utf8('hello'), context), create()]
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.byteLength * 8 - 1), async (bit) => {
        const flipped = sealed.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(await receiver.open(flipped, context)).to.equal(undefined)
      })
    )
    for (let length = 0; length < sealed.byteLength; length++)
      expect(await receiver.open(sealed.slice(0, length), context)).to.equal(undefined)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        expect(await receiver.open(bytes, context)).to.equal(undefined)
      })
    )
  })

  it('never uses a nonce twice: one salt a start, a counter in it, a new salt after a day', async () => {
    let now = 0
    const sealing = create(() => now)
    const next = async () => {
      const opened = await create().open(await sealing.seal(new Uint8Array(), context), context)
      return { salt: opened?.salt as string, counter: opened?.counter }
    }
    const atOnce = await Promise.all(Array.from({ length: 20 }, next))
    expect(atOnce.map(({ counter }) => counter)).to.deep.equal(Array.from({ length: 20 }, (_, i) => i))
    expect(new Set(atOnce.map(({ salt }) => salt)).size).to.equal(1)
    now = -day
    expect(await next(), 'a clock that was set back').to.deep.equal({ salt: atOnce[0]?.salt, counter: 20 })
    now = day + 1
    const later = await next()
    expect(later.counter).to.equal(0)
    expect(later.salt).to.not.equal(atOnce[0]?.salt)
  })
})

describe('sealing: padmeLength', () => {
  const length = fc.oneof(
    fc.nat(1000),
    fc.nat(20 * 1024 ** 2),
    fc.tuple(fc.nat(24), fc.integer({ min: -2, max: 2 })).map(([bits, by]) => Math.max(0, 2 ** bits + by))
  )

  it('adds at most 12 %, never shrinks, grows with the length, and is its own length', () => {
    fc.assert(
      fc.property(length, (n) => {
        const padded = padmeLength(n)
        expect(padded).to.be.within(n, n * 1.12)
        expect(padmeLength(n + 1)).to.be.at.least(padded)
        expect(padmeLength(padded)).to.equal(padded)
      }),
      { numRuns: 2000 }
    )
  })

  it("is that of the paper's definition", () => {
    expect([0, 1, 2, 8, 9, 17, 100, 1000, 65_535, 65_537].map(padmeLength)).to.deep.equal([
      0, 1, 2, 8, 10, 18, 104, 1024, 65_536, 67_584
    ])
  })

  it('leaves few sizes to tell apart', () => {
    const sizes = new Set(Array.from({ length: 65_536 }, (_, n) => padmeLength(n)))
    expect(sizes.size).to.be.below(200)
  })
})
