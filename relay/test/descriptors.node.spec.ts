import { expect } from 'chai'
import fc from 'fast-check'
import { maxDescriptors } from 'ghmesh/node-sockets'
import { fitDescriptors } from '../src/descriptors.ts'
import { defaultRelayLimits } from '../src/limits.ts'

describe('the descriptors of a relay', () => {
  it('leave its limits as they are where there are enough, or nobody tells', () => {
    expect(fitDescriptors(defaultRelayLimits, undefined)).to.equal(defaultRelayLimits)
    expect(fitDescriptors(defaultRelayLimits, 65_536)).to.equal(defaultRelayLimits)
  })

  it('bound connections where there are few, with some left for the relay itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 256, max: 4600 }), (max) => {
        const { connections, handshakes } = fitDescriptors(defaultRelayLimits, max)
        expect(connections).to.be.above(0)
        expect(handshakes).to.be.above(0)
        expect(connections + handshakes).to.be.at.most(max - 160)
      })
    )
  })

  it('are what the system says', function () {
    if (process.platform !== 'linux') this.skip()
    expect(maxDescriptors()).to.be.above(100)
  })
})
