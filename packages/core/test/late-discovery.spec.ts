import { expect } from 'chai'
import { lateDiscovery } from '../src/discovery/late.ts'

describe('a way of discovery that is loaded when it starts', () => {
  const nothing = async () => {}
  const discovery = { name: 'late', start: nothing, announce: nothing, stop: nothing }

  it('is loaded again where it could not be loaded before', async () => {
    const loads = [() => Promise.reject(new Error('offline')), async () => discovery]
    const late = lateDiscovery('late', () => (loads.shift() as () => Promise<typeof discovery>)())
    expect(await late.start(() => {}).catch(({ message }) => message)).to.equal('offline')
    await late.start(() => {})
    expect(loads).to.have.length(0)
  })

  it('can be stopped where it could not be loaded', async () => {
    const late = lateDiscovery('late', () => Promise.reject(new Error('offline')))
    await late.start(() => {}).catch(() => {})
    await late.stop()
  })
})
