import { defaultCrypto, pureJsCrypto } from '@libp2p/noise/crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { noiseCrypto } from '../src/platform/node/noise-crypto.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
// Around the sizes at which one way takes over from another, and the largest that Noise has.
const text = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.constantFrom(0, 495, 496, 511, 512, 1199, 65_519).map((length) => new Uint8Array(length).fill(7))
)
const drawn = [text, bytes(12), fc.uint8Array({ maxLength: 40 }), bytes(32)] as const

const flip = (bytes: Uint8Array, at: number) => bytes.set([(bytes[at] ?? 0) ^ 1], at)

describe("Noise's cryptography with keys that are prepared once", () => {
  const ours = noiseCrypto()

  it('encrypts as the library and as another implementation do', () =>
    fc.assert(
      fc.property(...drawn, (...message) => {
        const made = new Uint8Array(ours.chaCha20Poly1305Encrypt(...message).subarray())
        for (const other of [defaultCrypto, pureJsCrypto])
          expect(made).to.deep.equal(new Uint8Array(other.chaCha20Poly1305Encrypt(...message).subarray()))
      })
    ))

  it('gives back what was encrypted, with several keys in turn', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(...drawn), { maxLength: 5 }), (messages) => {
        const made = messages.map((message) => ({
          message,
          encrypted: pureJsCrypto.chaCha20Poly1305Encrypt(...message)
        }))
        for (const { message, encrypted } of made) {
          const [expected, ...how] = message
          const opened = ours.chaCha20Poly1305Decrypt(encrypted, ...how)
          expect(new Uint8Array(opened.subarray())).to.deep.equal(new Uint8Array(expected))
        }
      })
    ))

  it('refuses whatever was changed', () =>
    fc.assert(
      fc.property(...drawn, fc.nat(), (clear, nonce, associated, key, at) => {
        const changed = new Uint8Array(ours.chaCha20Poly1305Encrypt(clear, nonce, associated, key).subarray())
        flip(changed, at % changed.length)
        expect(() => ours.chaCha20Poly1305Decrypt(changed, nonce, associated, key)).to.throw()
        const [whole, wrongKey] = [ours.chaCha20Poly1305Encrypt(clear, nonce, associated, key), Uint8Array.from(key)]
        flip(wrongKey, 0)
        expect(() => ours.chaCha20Poly1305Decrypt(whole, nonce, associated, wrongKey)).to.throw()
      })
    ))
})
