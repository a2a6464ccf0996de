import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import fc from 'fast-check'
import { explainOldNode, explainOtherRuntime, minNodeVersion, requireNode } from '../src/platform/node/version.ts'

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

  it('does not mean Bun or Deno, which name a version of Node as well', () => {
    const advice = 'run it with Node 22.13 or later; without a secret, createMesh works here'
    expect(explainOtherRuntime('ghmesh', { node: '26.3.0', bun: '1.4.5' })).to.equal(
      `ghmesh cannot connect members in Bun 1.4.5: ${advice}`
    )
    expect(explainOtherRuntime('ghmesh', { node: '26.3.0', deno: '2.9.6' })).to.equal(
      `ghmesh cannot connect members in Deno 2.9.6: ${advice}`
    )
    expect(explainOtherRuntime('ghmesh', { node: '26.3.0' })).to.equal(undefined)
  })

  it('does not connect members where bytes are not those of its buffers, as in tests with jsdom', () => {
    const own = globalThis.Uint8Array
    globalThis.Uint8Array = runInNewContext('Uint8Array')
    try {
      expect(() => requireNode('ghmesh')).to.not.throw()
      expect(() => requireNode('ghmesh', true))
        .to.throw(/^ghmesh cannot connect members here: Uint8Array is not Node's own.*createMesh works here$/)
        .with.property('code', 'ERR_RUNTIME')
    } finally {
      globalThis.Uint8Array = own
    }
  })

  it('this one will do', () => {
    expect(() => requireNode('ghmesh', true)).to.not.throw()
  })
})
