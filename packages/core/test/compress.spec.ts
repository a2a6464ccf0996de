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
    const zeros = Array(256).fill(new Uint8Array(2 ** 20))
    const deflated = new Blob(zeros).stream().pipeThrough(new CompressionStream('deflate-raw'))
    const bomb = new Uint8Array(await new Response(deflated).arrayBuffer())
    expect(bomb.byteLength).to.be.below(300_000)
    const [given, restore] = countGiven()
    try {
      expect(await inflate(bomb, 2 ** 18)).to.equal(undefined)
      await new Promise((resolve) => setTimeout(resolve))
    } finally {
      restore()
    }
    expect(given()).to.be.within(256, bomb.byteLength / 2)
  })
})

/**
 * Counts the bytes that decompressors are given. Browsers inflate all of that, read or not. Node inflates when it is read, and
 * Node 22 takes everything before that, so there it counts what reaches zlib.
 */
function countGiven(): [count: () => number, restore: () => void] {
  let given = 0
  const inflater = globalThis.process?.getBuiltinModule?.('node:zlib').InflateRaw.prototype
  if (inflater) {
    const { _transform } = inflater
    inflater._transform = function (chunk, ...more) {
      given += chunk.byteLength
      _transform.call(this, chunk, ...more)
    }
    return [() => given, () => Object.assign(inflater, { _transform })]
  }
  const { pipeThrough } = ReadableStream.prototype
  ReadableStream.prototype.pipeThrough = function (this: ReadableStream<Uint8Array>, stream: ReadableWritablePair) {
    const count = new TransformStream({
      transform(chunk, controller) {
        given += chunk.byteLength
        controller.enqueue(chunk)
      }
    })
    const counted = Reflect.apply(pipeThrough, this, [count])
    return Reflect.apply(pipeThrough, counted, [stream])
  } as typeof pipeThrough
  return [() => given, () => Object.assign(ReadableStream.prototype, { pipeThrough })]
}
