import { expect } from 'chai'
import * as fc from 'fast-check'
import { deflate, inflate } from '../src/protocol/compress.ts'

describe('compress', () => {
  it('comes out as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (array) => {
        const bytes = new Uint8Array(array)
        expect(await inflate(await deflate(bytes), bytes.byteLength)).to.deep.equal(bytes)
      }),
      { numRuns: 30 }
    )
    const large = new Uint8Array(2 ** 20).map((_, i) => (i * i) >> 7)
    expect(await inflate(await deflate(large), large.byteLength)).to.deep.equal(large)
  })

  it('is nothing when it is not as long as was said', async () => {
    const compressed = await deflate(new Uint8Array(1000))
    for (const length of [0, 999, 1001]) expect(await inflate(compressed, length)).to.equal(undefined)
    expect(await inflate(await deflate(new Uint8Array()), 0)).to.deep.equal(new Uint8Array())
  })

  it('is nothing when it was cut, lengthened or made up', async () => {
    const compressed = await deflate(new TextEncoder().encode('hello hello hello'))
    expect(await inflate(compressed.slice(0, -2), 17)).to.equal(undefined)
    expect(await inflate(new Uint8Array([...compressed, 0]), 17)).to.equal(undefined)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.nat(100), async (array, length) => {
        const inflated = await inflate(new Uint8Array(array), length)
        expect(inflated === undefined || inflated.byteLength === length).to.equal(true)
      })
    )
  })

  it('stops a bomb at the announced size', async () => {
    const bomb = await deflate(new Uint8Array(64 * 2 ** 20))
    expect(bomb.byteLength).to.be.below(100_000)
    const { pipeThrough } = ReadableStream.prototype
    let produced = 0
    // Counts what comes out of the decompressor, read or not.
    ReadableStream.prototype.pipeThrough = function (this: ReadableStream<Uint8Array>, stream: ReadableWritablePair) {
      const count = new TransformStream({
        transform(chunk, controller) {
          produced += chunk.byteLength
          controller.enqueue(chunk)
        }
      })
      const decompressed = Reflect.apply(pipeThrough, this, [stream])
      return Reflect.apply(pipeThrough, decompressed, [count])
    } as typeof pipeThrough
    try {
      expect(await inflate(bomb, 1000)).to.equal(undefined)
      expect(await inflate(bomb, 2 ** 18)).to.equal(undefined)
      await new Promise((resolve) => setTimeout(resolve))
    } finally {
      ReadableStream.prototype.pipeThrough = pipeThrough
    }
    expect(produced).to.be.within(2 ** 18, 2 ** 20)
  })
})
