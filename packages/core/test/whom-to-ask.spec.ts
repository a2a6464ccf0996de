import { expect } from 'chai'
import { homesOfEntry, homesOfLease } from '../src/exchange/whom-to-ask.ts'

const wireName = 'ab'.repeat(32)
const fewMembers = 8
const members = Array.from({ length: 9 }, (_, i) => `member ${i}`)

/** What a member knows to which some others are slow, or silent. */
function seen({ leasing = members, slow = [] as string[], silent = [] as string[] } = {}) {
  return {
    limits: { fewMembers },
    roster: { list: () => [], known: () => leasing, isMember: () => true },
    visits: { canAsk: () => true },
    reputation: { hears: () => true },
    responseTimes: {
      isWorthAsking: (peerId: string) => !slow.includes(peerId) && !silent.includes(peerId),
      isAnswering: (peerId: string) => !silent.includes(peerId)
    },
    providers: { of: () => [] },
    leasing: () => leasing
  }
}

describe('the homes of a key', () => {
  const [first, second] = homesOfLease(seen(), wireName) as [string, string]

  it('are two, the same for a lease and for an entry', () => {
    expect(homesOfLease(seen(), wireName)).to.have.length(2)
    expect(homesOfEntry(seen(), wireName)).to.deep.equal([first, second])
  })

  it('are the same for a lease in a large group, slow or not: who asks other homes calls GitHub too', () => {
    expect(homesOfLease(seen({ slow: [first] }), wireName)).to.deep.equal([first, second])
    expect(homesOfLease(seen({ slow: [second] }), wireName)).to.deep.equal([first, second])
    expect(homesOfEntry(seen({ slow: [first] }), wireName)).not.to.include(first)
  })

  it('are quick ones in a small group, where each member is the home of much', () => {
    const leasing = members.slice(0, fewMembers)
    const [slow] = homesOfLease(seen({ leasing }), wireName) as [string]
    expect(homesOfLease(seen({ leasing, slow: [slow] }), wireName)).not.to.include(slow)
  })

  it('are others for a lease where one is silent', () => {
    const homes = homesOfLease(seen({ silent: [first] }), wireName)
    expect(homes).to.have.length(2)
    expect(homes[0]).to.equal(second)
    expect(homes).not.to.include(first)
  })
})
