import { expect } from 'chai'
import fc from 'fast-check'
import { type CacheStatus, cacheStatus, formatCacheStatus, setCacheStatus } from '../src/cache-status.ts'

const said = (header: string) => cacheStatus({ headers: new Headers({ 'cache-status': header }) })

describe('Cache-Status as a value', () => {
  // README: "`Cache-Status` and `Age` tell"
  it('tells who gave an answer', () => {
    const sources = {
      'ghmesh; hit': 'cache',
      'ghmesh; hit; detail=not-found': 'cache',
      'ghmesh; hit; detail=peer': 'member',
      'ghmesh; fwd=stale; fwd-status=304; stored': 'cache',
      'ghmesh; fwd=stale; fwd-status=502; detail=stale-server-error': 'cache',
      'ghmesh; fwd=stale; detail=stale-network': 'cache',
      'ghmesh; fwd=stale; fwd-status=200; stored': 'github',
      'ghmesh; fwd=uri-miss; fwd-status=404': 'github',
      'ghmesh; fwd=uri-miss; collapsed': 'github',
      'ghmesh; detail=only-if-cached': 'nobody'
    }
    for (const [header, source] of Object.entries(sources)) expect(said(header), header).to.include({ source })
  })

  it('is read back as it was written, whatever it was', () => {
    const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
    const values = fc.record({
      hit: optional(fc.constant(true as const)),
      forward: optional(fc.constantFrom('uri-miss', 'vary-miss', 'stale', 'request')),
      forwardStatus: optional(fc.integer({ min: 100, max: 599 })),
      stored: optional(fc.constant(true as const)),
      collapsed: optional(fc.constant(true as const)),
      detail: optional(fc.constantFrom('peer', 'not-found', 'peek', 'only-if-cached', 'stale-rate-limit'))
    }) as fc.Arbitrary<CacheStatus>
    fc.assert(
      fc.property(values, (value) => {
        const { source, ...read } = said(formatCacheStatus(value)) as object & { source: string }
        const given = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
        expect(read).to.deep.equal(given)
        expect(source).to.be.a('string')
      })
    )
  })

  it('of several caches on the way is the mesh’s own, and of others none', () => {
    expect(said('ghmesh; hit, proxy.example; fwd=miss')).to.deep.equal({ hit: true, source: 'cache' })
    expect(said('"a cache"; hit; ttl=5')).to.equal(undefined)
    expect(said('ghmesh-other; hit')).to.equal(undefined)
    expect(cacheStatus({ headers: new Headers() })).to.equal(undefined)
  })

  it('has the lifetime where the response itself is at hand', () => {
    const response = new Response(null, { headers: { 'cache-status': 'ghmesh; hit' } })
    expect(cacheStatus(response)).to.deep.equal({ hit: true, source: 'cache' })
    setCacheStatus(response, { hit: true, ttlMs: 1500 })
    expect(cacheStatus(response)).to.deep.equal({ hit: true, ttlMs: 1500, source: 'cache' })
  })
})
