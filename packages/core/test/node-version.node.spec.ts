import { expect } from 'chai'
import fc from 'fast-check'
import { explainOldNode, minNodeVersion, requireNode } from '../src/platform/node/version.ts'

describe('the oldest Node', () => {
  it('is told in one line, with what to do', () => {
    expect(explainOldNode('ghmesh', '20.20.2')).to.equal(
      'ghmesh needs Node 22.13 or later; this is v20.20.2: install a newer one from https://nodejs.org'
    )
    expect(explainOldNode('ghmesh', '22.12.0')).to.match(/^ghmesh needs Node 22\.13 or later; this is v22\.12\.0: /)
  })

  it('and every later one will do', () => {
    const versions = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40))
    const [minMajor = 0, minMinor = 0] = minNodeVersion.split('.').map(Number)
    fc.assert(
      fc.property(versions, fc.constantFrom('', '-nightly20261122', '-rc.1'), ([major, minor, patch], suffix) => {
        const version = `${major}.${minor}.${patch}${suffix}`
        const isEnough = major * 100 + minor >= minMajor * 100 + minMinor
        expect(explainOldNode('ghmesh', version) === undefined, version).to.equal(isEnough)
      })
    )
  })

  it('this one will do', () => {
    expect(() => requireNode('ghmesh')).to.not.throw()
  })
})
