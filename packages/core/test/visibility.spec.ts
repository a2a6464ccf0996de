import { expect } from 'chai'
import { createVisibility } from '../src/github/visibility.ts'

const day = 86_400_000

describe('visibility', () => {
  function setUp() {
    let [now, asked] = [0, 0]
    const visibility = createVisibility({ now: () => now, visibilityMs: day, aliasMs: 600_000 })
    const lookUp = async () => {
      asked++
      return true
    }
    return { visibility, lookUp, asked: () => asked, wait: (ms: number) => (now += ms) }
  }

  it('is looked up once a day, and once for all who wait', async () => {
    const { visibility, lookUp, asked, wait } = setUp()
    const twice = () => Promise.all([visibility.isPublic('o/r', lookUp), visibility.isPublic('o/r', lookUp)])
    expect(await twice()).to.deep.equal([true, true])
    wait(day - 1)
    await twice()
    expect(asked()).to.equal(1)
    wait(1)
    expect(visibility.known('o/r')).to.equal(undefined)
    await twice()
    expect(asked()).to.equal(2)
  })

  it('is learnt from own answers, the newest of which holds', async () => {
    const { visibility, lookUp, asked } = setUp()
    visibility.learn('o/r', true)
    visibility.learn('o/r', false)
    expect(await visibility.isPublic('o/r', lookUp)).to.equal(false)
    expect(visibility.known('o/other')).to.equal(undefined)
    expect(asked()).to.equal(0)
  })

  it('stays unknown where GitHub cannot say, and is asked again', async () => {
    const { visibility, lookUp } = setUp()
    const failed = await visibility
      .isPublic('o/r', () => Promise.reject(new Error('down')))
      .catch((error: Error) => error.message)
    expect([failed, visibility.known('o/r')]).to.deep.equal(['down', undefined])
    expect(await visibility.isPublic('o/r', lookUp)).to.equal(true)
  })

  it('believes an alias for ten minutes: a name can change hands', () => {
    const { visibility, wait } = setUp()
    visibility.learnAlias('7', 'o/r')
    wait(599_999)
    expect(visibility.nameOf('7')).to.equal('o/r')
    wait(1)
    expect(visibility.nameOf('7')).to.equal(undefined)
  })
})
