import { privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { isPrivateKey, newPrivateKey } from '../src/libp2p/private-key.ts'

describe('a new identity', () => {
  it('is what libp2p reads as a private key, writes the same way, and signs with', async () => {
    const made = await newPrivateKey()
    expect(isPrivateKey(made)).to.equal(true)
    const key = privateKeyFromProtobuf(made)
    expect(key.type).to.equal('Ed25519')
    expect(privateKeyToProtobuf(key)).to.deep.equal(made)
    const message = new Uint8Array([1, 2, 3])
    expect(await key.publicKey.verify(message, await key.sign(message))).to.equal(true)
    expect(await newPrivateKey()).to.not.deep.equal(made)
  })

  it('is told from what is cut, longer or of another kind', async () => {
    const made = await newPrivateKey()
    const other = made.slice()
    other[1] = 2
    for (const bytes of [made.slice(1), made.slice(0, -1), new Uint8Array(0), other])
      expect(isPrivateKey(bytes)).to.equal(false)
  })
})
