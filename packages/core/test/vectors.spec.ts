import { expect } from 'chai'
import { fromHex, hex, text, utf8 } from '../src/bytes.ts'
import { unpackRecord } from '../src/exchange/shelf-record.ts'
import { acceptClass, canonicalUrl, keyOf, valueKeyOf, versionClass } from '../src/github/key.ts'
import { openGroup } from '../src/group/group.ts'
import { deriveKeys } from '../src/group/keys.ts'
import { checkProof, createProof } from '../src/group/proof.ts'
import { rootOf } from '../src/group/root.ts'
import {
  decodeShelfAnswer,
  decodeShelfQuestion,
  decodeShelved,
  encodeShelfAnswer,
  encodeShelfQuestion,
  encodeShelved,
  isSignedRecord,
  type ShelfPut,
  type ShelfRecord,
  type Shelved,
  shelfStatement
} from '../src/protocol/shelf.ts'
import {
  decodeGossip,
  decodeProbe,
  decodeProbed,
  decodeQuestion,
  encodeGossip,
  encodeProbe,
  encodeProbed,
  encodeQuestion
} from '../src/protocol/wire.ts'
import { rendezvousScore } from '../src/rendezvous.ts'
import vectors from './vectors.json' with { type: 'json' }

const dayMs = 86_400_000
const group = () => openGroup(vectors.secret, () => vectors.proof.expiresAt - dayMs, dayMs)

// README: "The protocol between members"
describe('PROTOCOL.md: test vectors', () => {
  it('1. roots, group id and topic', async () => {
    expect(hex(await rootOf(vectors.passphrase))).to.equal(vectors.passphraseRoot)
    const { id, topic, publicKey } = await group()
    expect({ id, topic, publicKey: hex(publicKey) }).to.deep.equal({
      id: vectors.groupId,
      topic: vectors.topic,
      publicKey: vectors.publicKey
    })
  })

  it('2. keys and wire keys', async () => {
    const { key, wireKey, ...parts } = vectors.key
    expect(
      canonicalUrl(new URL('https://api.github.com/repos/Octocat/Hello-World/issues?per_page=100&page=2#top'))
    ).to.equal(parts.url)
    expect(acceptClass('application/json')).to.equal(parts.accept)
    expect(versionClass('2026-03-10')).to.equal(parts.apiVersion)
    expect(await keyOf(parts)).to.equal(key)
    expect(hex(await (await group()).wireKey(key))).to.equal(wireKey)
    expect(await valueKeyOf(vectors.value.name)).to.equal(vectors.value.key)
  })

  it('3. a proof', async () => {
    const { peerId, expiresAt, proof } = vectors.proof
    const keys = await deriveKeys(await rootOf(vectors.secret))
    expect(hex(await createProof(keys.signingKey, peerId, expiresAt))).to.equal(proof)
    expect(await checkProof(fromHex(proof), peerId, expiresAt - 1, dayMs)).to.deep.equal({
      groupId: vectors.groupId,
      expiresAt
    })
  })

  it('4. a sealed message', async () => {
    const { sender, sealed, opened } = vectors.sealed
    const { bytes, counter } = (await (await group()).openGossip(fromHex(sealed), sender)) ?? {}
    expect({ opened: hex(bytes ?? new Uint8Array()), counter }).to.deep.equal({ opened, counter: 0 })
  })

  for (const [type, encoded] of Object.entries(vectors.gossip)) {
    it(`4. gossip: ${type}`, () => {
      const message = decodeGossip(fromHex(encoded))
      expect(message?.type).to.equal(type)
      expect(message && hex(encodeGossip(message))).to.equal(encoded)
    })
  }

  for (const [type, encoded] of Object.entries(vectors.questions)) {
    it(`5. question: ${type}`, () => {
      const question = decodeQuestion(fromHex(encoded))
      expect(question?.type).to.equal(type)
      expect(question && hex(encodeQuestion(question))).to.equal(encoded)
    })
  }

  it('8. a score of rendezvous hashing', () => {
    const { peerId, wireKey, score } = vectors.rendezvous
    expect(rendezvousScore(peerId, wireKey)).to.equal(score)
  })

  it('10. a probe and its answer', () => {
    const { nonce: digits, asked, version, name, told } = vectors.probe
    const nonce = fromHex(digits)
    expect(decodeProbe(fromHex(asked))).to.deep.equal({ nonce })
    expect(hex(encodeProbe({ nonce }))).to.equal(asked)
    expect(decodeProbed(fromHex(told))).to.deep.equal({ nonce, version, name })
    expect(hex(encodeProbed({ nonce, version, name }))).to.equal(told)
  })

  it('13. a wire key of those that hold a token, and what shows that a peer is one of them', async () => {
    const { token, wireKey, proof } = vectors.token
    const holders = await (await group()).ofToken(token)
    expect(hex(await holders.wireKey(vectors.key.key))).to.equal(wireKey)
    expect(hex(await holders.proofFor(vectors.proof.peerId))).to.equal(proof)
    const stranger = await (await openGroup(vectors.passphrase, Date.now, dayMs)).ofToken(token)
    expect(hex(await stranger.wireKey(vectors.key.key))).to.not.equal(wireKey)
    expect(hex(await stranger.proofFor(vectors.proof.peerId))).to.not.equal(proof)
  })

  it('12. a record of a shelf, the question that leaves it and the one that takes it', async () => {
    const { sender, statement, put: left, get: asked, record: given, opened, body } = vectors.shelf
    const put = decodeShelfQuestion(fromHex(left)) as ShelfPut
    expect(text(await shelfStatement(put, sender))).to.equal(statement)
    expect(await isSignedRecord(put, sender)).to.equal(true)
    expect(await isSignedRecord(put, 'another')).to.equal(false)
    const get = decodeShelfQuestion(fromHex(asked))
    const record = decodeShelfAnswer(fromHex(given)) as ShelfRecord
    expect([hex(encodeShelfQuestion(put)), get && hex(encodeShelfQuestion(get))]).to.deep.equal([left, asked])
    expect([hex(encodeShelfAnswer(record)), hex(record.sealed)]).to.deep.equal([given, hex(put.sealed)])
    const context = { purpose: 'shelf', place: hex(put.key), sender }
    expect(hex((await (await group()).open(put.sealed, context))?.bytes ?? new Uint8Array())).to.equal(opened)
    const shelved = decodeShelved(fromHex(opened)) as Shelved
    expect(hex(encodeShelved(shelved))).to.equal(opened)
    expect(await unpackRecord(await group(), record, 0, put.signedAt)).to.deep.equal({
      head: shelved.entry,
      body: utf8(body),
      from: sender,
      signedAt: put.signedAt
    })
  })
})
