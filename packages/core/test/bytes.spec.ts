import { expect } from 'chai'
import * as fc from 'fast-check'
import { base64url, concat, equal, fromBase64url, fromHex, hex, plain, sha256Hex, text, utf8 } from '../src/bytes.ts'

describe('bytes', () => {
  it('go to text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(hex(bytes))).to.deep.equal(new Uint8Array(bytes))
        expect(fromBase64url(base64url(bytes))).to.deep.equal(new Uint8Array(bytes))
        expect(base64url(bytes)).to.match(/^[\w-]*$/)
      })
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (said) => {
        expect(text(utf8(said))).to.equal(said)
      })
    )
  })

  it('have the same SHA-256 however many they are', async () => {
    for (const byteLength of [0, 1, 128 * 1024, 128 * 1024 + 1]) {
      const bytes = new Uint8Array(byteLength).fill(7)
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      expect(await sha256Hex(bytes)).to.equal(hex(digest))
      // A part of a larger buffer, too.
      const part = new Uint8Array(byteLength + 9).fill(7).subarray(4, byteLength + 4)
      expect(await sha256Hex(part)).to.equal(hex(digest))
    }
  })

  it('are no text where they are not UTF-8', () => {
    expect(() => text(Uint8Array.of(0xff))).to.throw(TypeError)
  })

  it('are put together and compared by content', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect([...concat(a, b)]).to.deep.equal([...a, ...b])
        expect(equal(a, b)).to.equal(hex(a) === hex(b))
        expect(equal(a, a.slice())).to.equal(true)
      })
    )
  })

  it('stay where they are unless their memory is shared', () => {
    const bytes = utf8('here')
    expect(plain(bytes)).to.equal(bytes)
  })

  it('are hashed as FIPS 180-4 says', async () => {
    expect(await sha256Hex(utf8('abc'))).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
