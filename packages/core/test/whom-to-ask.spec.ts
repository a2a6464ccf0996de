import { expect } from 'chai'
import { homesOfEntry, homesOfLease } from '../src/exchange/whom-to-ask.ts'

const wireName = 'ab'.repeat(32)
const members = Array.from({ length: 9 }, (_, i) => `member ${i}`)

/** What a member knows to which some others are slow, or silent. */
function seen({ slow = [] as string[], silent = [] as string[] } = {}) {
  return {
    roster: { list: () => [], known: () => members, isMember: () => true },
    visits: { canAsk: () => true },
    reputation: { hears: () => true },
    responseTimes: {
      isWorthAsking: (peerId: string) => !slow.includes(peerId) && !silent.includes(peerId),
      isSilent: (peerId: string) => silent.includes(peerId)
    },
    providers: { of: () => [] },
    leasing: () => members
  }
}

describe('the homes of a key', () => {
  const [first, second] = homesOfLease(seen(), wireName) as [string, string]

  it('are two, the same for a lease and for an entry', () => {
    expect(homesOfLease(seen(), wireName)).to.have.length(2)
    expect(homesOfEntry(seen(), wireName)).to.deep.equal([first, second])
  })

  it('are the same for a lease whoever finds one of them slow: those with other homes would call GitHub too', () => {
    expect(homesOfLease(seen({ slow: [first] }), wireName)).to.deep.equal([first, second])
    expect(homesOfLease(seen({ slow: [second] }), wireName)).to.deep.equal([first, second])
    expect(homesOfEntry(seen({ slow: [first] }), wireName)).not.to.include(first)
  })

  it('are others for a lease where one is silent', () => {
    const homes = homesOfLease(seen({ silent: [first] }), wireName)
    expect(homes).to.have.length(2)
    expect(homes[0]).to.equal(second)
    expect(homes).not.to.include(first)
  })
})
