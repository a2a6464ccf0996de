import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { expect } from 'chai'
import { memberName } from '../src/platform/node/member-name.ts'
import { decodeGossip, encodeGossip } from '../src/protocol/wire.ts'

describe('the name of a member, by default', () => {
  const { hostname } = os
  afterEach(() => {
    os.hostname = hostname
    syncBuiltinESMExports()
  })

  it('is that of its machine, and one that others understand', () => {
    expect(memberName()).to.equal(hostname().slice(0, 128))
    os.hostname = () => 'm'.repeat(300)
    syncBuiltinESMExports()
    const presence = { name: memberName(), version: '1.0.0', addresses: [], stats: {}, sentAt: 1 }
    expect(decodeGossip(encodeGossip({ type: 'presence', ...presence }))).to.have.property('name', 'm'.repeat(128))
  })
})
