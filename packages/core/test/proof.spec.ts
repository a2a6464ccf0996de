import { expect } from 'chai'
import * as fc from 'fast-check'
import { concat } from '../src/bytes.ts'
import { createProofCheck, openGroup } from '../src/group/group.ts'
import { deriveKeys, type GroupKeys } from '../src/group/keys.ts'
import { checkProof, createProof, proofBytes } from '../src/group/proof.ts'
import { createSecret } from '../src/group/secret.ts'

const hour = 3_600_000
const now = 1_000_000 * hour
const lifetime = 24 * hour

describe('proof', () => {
  let keys: GroupKeys
  let proof: Uint8Array
  before(async () => {
    keys = await deriveKeys(crypto.getRandomValues(new Uint8Array(32)))
    proof = await createProof(keys.signingKey, 'peer', now + lifetime)
  })
  const check = (bytes: Uint8Array, peerId = 'peer', at = now) => checkProof(bytes, peerId, at, lifetime)

  it('shows that its peer is of the group, without the secret, from any place in memory', async () => {
    const expected = { groupId: keys.id, expiresAt: now + lifetime }
    expect(proof.byteLength).to.equal(proofBytes)
    expect(await check(proof)).to.deep.equal(expected)
    expect(await check(concat(new Uint8Array(7), proof).subarray(7))).to.deep.equal(expected)
  })

  it('helps no other peer', async () => {
    for (const thief of ['peer2', 'pee', '', 'peer\n1']) expect(await check(proof, thief)).to.equal(undefined)
    const spliced = await createProof(keys.signingKey, `peer\n1`, now + lifetime)
    expect(await check(spliced, 'peer')).to.equal(undefined)
  })

  it('ends when it says, and may not say too late', async () => {
    expect(await check(proof, 'peer', now + lifetime)).to.equal(undefined)
    expect(await check(proof, 'peer', now + lifetime - 1)).to.not.equal(undefined)
    const early = (part: number) => check(proof, 'peer', now - part * lifetime)
    expect(await early(0.1), 'a clock that is behind').to.not.equal(undefined)
    expect(await early(0.2)).to.equal(undefined)
    expect(await check(await createProof(keys.signingKey, 'peer', Number.MAX_SAFE_INTEGER))).to.equal(undefined)
  })

  it('is nothing once a bit of it was changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(proofBytes * 8 - 1), async (bit) => {
        const flipped = proof.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(await check(flipped)).to.equal(undefined)
      }),
      { numRuns: 150 }
    )
  })

  it('is nothing when it was cut, lengthened or made up', async () => {
    for (const wrong of [proof.slice(0, -1), proof.slice(1), concat(proof, new Uint8Array(1)), new Uint8Array()])
      expect(await check(wrong)).to.equal(undefined)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), fc.string(), async (bytes, peerId) => {
        expect(await check(bytes, peerId)).to.equal(undefined)
      })
    )
  })
})

describe('proof: a member checks', () => {
  it('those of its own groups, each once, and lets none outlive itself', async () => {
    let at = now
    const open = () => openGroup(createSecret(), () => at, lifetime)
    const [ours, older, foreign] = await Promise.all([open(), open(), open()])
    const check = createProofCheck([ours, older], () => at, lifetime)
    const proof = await older.proofFor('peer')
    expect(await check(proof, 'peer')).to.deep.equal({ groupId: older.id, expiresAt: now + lifetime, group: older })
    expect(await check(await ours.proofFor('peer'), 'peer')).to.include({ group: ours })
    expect(await check(await foreign.proofFor('peer'), 'peer')).to.equal(undefined)
    expect(await check(proof, 'thief')).to.equal(undefined)
    at += lifetime
    expect(await check(proof, 'peer')).to.equal(undefined)
  })
})

describe('proof: a member shows', () => {
  it('one until it is half through, and a new one at once when its clock was set back', async () => {
    let at = now
    const { proofFor } = await openGroup(createSecret(), () => at, lifetime)
    const expiry = async () => (await checkProof(await proofFor('peer'), 'peer', at, lifetime))?.expiresAt
    expect(await expiry()).to.equal(now + lifetime)
    at += lifetime / 2 - 1
    expect(await expiry()).to.equal(now + lifetime)
    at += 1
    expect(await expiry()).to.equal(now + 1.5 * lifetime)
    at = now - 3 * hour
    expect(await expiry(), 'valid for no longer than members take').to.equal(at + lifetime)
  })
})
