import { expect } from 'chai'
import * as fc from 'fast-check'
import { fromHex, hex } from '../src/bytes.ts'
import { isSignedBy, signingKeyOf } from '../src/ed25519.ts'

// RFC 8032, section 7.1: tests 1 to 3.
const vectors = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    statement: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    statement: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    statement: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'
  }
]

const { importKey } = crypto.subtle
const lacking = async () => {
  throw new DOMException('Algorithm: Unrecognized name', 'NotSupportedError')
}
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => new Uint8Array(array))
const statements = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array))

for (const [whose, before] of [
  ["the platform's", importKey],
  ["the library's, where the platform has none", lacking as unknown as typeof importKey]
] as const)
  describe(`Ed25519, ${whose}`, () => {
    beforeEach(() => {
      crypto.subtle.importKey = before
    })
    afterEach(() => {
      crypto.subtle.importKey = importKey
    })

    it('signs as RFC 8032 shows', async () => {
      for (const { seed, publicKey, statement, signature } of vectors) {
        const key = await signingKeyOf(fromHex(seed))
        expect(hex(key.publicKey)).to.equal(publicKey)
        expect(hex(await key.sign(fromHex(statement)))).to.equal(signature)
        expect(await isSignedBy(key.publicKey, fromHex(signature), fromHex(statement))).to.equal(true)
      }
    })

    it('takes no other statement, signature or key', async () => {
      const [first, second] = vectors.map((one) => ({
        publicKey: fromHex(one.publicKey),
        signature: fromHex(one.signature),
        statement: fromHex(one.statement)
      })) as [Signed, Signed]
      expect(await isSignedBy(first.publicKey, first.signature, second.statement)).to.equal(false)
      expect(await isSignedBy(first.publicKey, second.signature, first.statement)).to.equal(false)
      expect(await isSignedBy(second.publicKey, first.signature, first.statement)).to.equal(false)
      for (const broken of [new Uint8Array(32).fill(255), new Uint8Array(31), new Uint8Array()])
        expect(await isSignedBy(broken, first.signature, first.statement)).to.equal(false)
      for (const cut of [first.signature.slice(1), new Uint8Array(64), new Uint8Array(64).fill(255)])
        expect(await isSignedBy(first.publicKey, cut, first.statement)).to.equal(false)
    })

    it('agrees with the other', async () => {
      await fc.assert(
        fc.asyncProperty(seeds, statements, async (seed, statement) => {
          const own = await signingKeyOf(seed)
          const signature = await own.sign(statement)
          crypto.subtle.importKey = before === importKey ? (lacking as unknown as typeof importKey) : importKey
          try {
            const other = await signingKeyOf(seed)
            expect([other.publicKey, await other.sign(statement)]).to.deep.equal([own.publicKey, signature])
            expect(await isSignedBy(own.publicKey, signature, statement)).to.equal(true)
          } finally {
            crypto.subtle.importKey = before
          }
        }),
        { numRuns: 20 }
      )
    })

    // WebKitGTK 2.50 refuses its own.
    it('has a key for a seed that begins with zero', async () => {
      const key = await signingKeyOf(new Uint8Array(32))
      expect(hex(key.publicKey)).to.equal('3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29')
      expect(await isSignedBy(key.publicKey, await key.sign(new Uint8Array(1)), new Uint8Array(1))).to.equal(true)
    })
  })

interface Signed {
  publicKey: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
  statement: Uint8Array<ArrayBuffer>
}
