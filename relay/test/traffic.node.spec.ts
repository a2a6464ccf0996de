import { expect } from 'chai'
import { defaultRelayLimits } from '../src/limits.ts'
import { createTally } from '../src/tally.ts'
import { createTraffic } from '../src/traffic.ts'

describe('the gossip that a relay takes', () => {
  function relay(groups: number) {
    let now = 0
    const tally = createTally()
    const traffic = createTraffic(
      defaultRelayLimits,
      tally,
      () => now,
      () => groups,
      () => {}
    )
    return {
      tally,
      later(ms: number) {
        now += ms
      },
      /** So many authors of a group publish so many messages each; how many pass. */
      publishes(groupId: string, authors: number, messages: number): number {
        let passed = 0
        for (let author = 0; author < authors; author++)
          for (let n = 0; n < messages; n++) if (traffic.published(`${groupId} ${author}`, groupId, 300)) passed++
        return passed
      }
    }
  }

  it('of one group is not less for what the identities of another send', () => {
    const here = relay(2)
    expect(here.publishes('hostile', 100, 200)).to.be.below(8000)
    expect(here.publishes('honest', 20, 75)).to.equal(1500)
    // Second after second, as long as it goes on.
    for (let second = 0; second < 10; second++) {
      here.later(1000)
      here.publishes('hostile', 100, 200)
      expect(here.publishes('honest', 20, 45)).to.equal(900)
    }
  })

  it('of one group alone is most of what it takes', () => {
    const here = relay(1)
    here.publishes('only', 100, 200)
    here.later(1000)
    expect(here.publishes('only', 100, 50)).to.be.within(4500, defaultRelayLimits.messagesPerSecondOfAll)
  })

  it('is bounded, however many groups there are', () => {
    const here = relay(100)
    let passed = 0
    for (let group = 0; group < 100; group++) passed += here.publishes(`${group}`, 20, 200)
    here.later(1000)
    passed = 0
    for (let group = 0; group < 100; group++) passed += here.publishes(`${group}`, 20, 50)
    expect(passed).to.be.at.most(defaultRelayLimits.messagesPerSecondOfAll)
  })
})
