import { expect } from 'chai'
import * as fc from 'fast-check'
import { type Bytes, text, utf8 } from '../src/bytes.ts'
import { compact } from '../src/github/json.ts'

const compacted = async (json: string) => text(await compact(utf8(json)))

describe('json: compact', () => {
  it('means the same, has no white space left, and is its own compact form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, '\t', '\n'), async (value, space) => {
        const once = await compact(utf8(JSON.stringify(value, null, space)))
        expect(text(once)).to.equal(JSON.stringify(value))
        expect(await compact(once)).to.equal(once)
      })
    )
  })

  it('leaves numbers and strings as they are written', async () => {
    expect(await compacted('{ "score" : 0.0 ,\r\n\t"id": 12345678901234567890, "e": 1E2 }')).to.equal(
      '{"score":0.0,"id":12345678901234567890,"e":1E2}'
    )
    expect(await compacted('[ " a \\" b \\\\" , "\\u0020" ]')).to.equal('[" a \\" b \\\\","\\u0020"]')
  })

  it('never adds, reorders or invents a byte, whatever it is given', async () => {
    const nearJson = fc.string({ unit: fc.constantFrom('"', '\\', ' ', '\n', 'a', '{', ',') }).map(utf8)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), nearJson), async (bytes) => {
        let at = 0
        for (const byte of await compact(bytes as Bytes)) {
          while (at < bytes.length && bytes[at] !== byte) at++
          expect(at++).to.be.below(bytes.length)
        }
      })
    )
    expect(await compacted('  "\\')).to.equal('"\\')
  })
})
