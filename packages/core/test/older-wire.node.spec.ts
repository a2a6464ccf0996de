import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { fromHex } from '../src/bytes.ts'
import { defaultLimits } from '../src/limits.ts'
import { createMemberRecords } from '../src/peers/member-records.ts'
import { decodeAnswer, decodeGossip, decodeQuestion, encodeAnswer, type PresenceMessage } from '../src/protocol/wire.ts'

/** What a member of an older version (9a5e423, before leases) said to members of today, as it stood on the wire. */
const said: { kind: 'question' | 'answer' | 'gossip'; type: string; of?: string; bytes: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'older-wire.json'), 'utf8')
)
const decoders = { question: decodeQuestion, answer: decodeAnswer, gossip: decodeGossip }

describe('a member of an older version', () => {
  for (const { kind, type, of, bytes } of said) {
    it(`is understood: ${kind} ${type}${of ? ` to ${of}` : ''}`, () => {
      expect(decoders[kind](fromHex(bytes))).to.include({ type })
    })
  }

  it('is told of to others, who understand it', () => {
    const presence = said.find(({ type }) => type === 'presence')
    const told = decodeGossip(fromHex(presence?.bytes ?? '')) as PresenceMessage
    expect(told).to.not.have.property('leases')
    const records = createMemberRecords({
      ownId: () => 'own',
      limits: defaultLimits,
      localNow: () => told.sentAt,
      isConnected: () => false,
      isMember: () => false
    })
    const { name, version, addresses, leases, sentAt } = told
    records.hear('older', { name, version, addresses, leases, sentAt })
    const answer = decodeAnswer(encodeAnswer({ type: 'members', items: records.told() }))
    expect(answer).to.have.property('type', 'members')
    expect(records.told().map(({ peerId }) => peerId)).to.deep.equal(['older'])
  })
})
