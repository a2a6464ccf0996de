import { expect } from 'chai'
import { createInFlightRequests } from '../src/flow/in-flight.ts'

describe('single flight', () => {
  let now = 0
  const make = <T>() =>
    createInFlightRequests<T>({ localNow: () => now, maxWaitMs: 500, abandonedMs: 1, backgroundMs: 1 })
  const never = () => new Promise<number>(() => {})
  const failure = (promise: Promise<unknown>) => promise.catch((error: Error) => error)

  it('is shared by all who ask while it is under way, and by nobody after', async () => {
    const flights = make<number>()
    const { promise, resolve } = Promise.withResolvers<number>()
    const flight = flights.start(['k', 'also'], () => promise)
    expect([flights.get('k'), flights.get('also')]).to.deep.equal([flight, flight])
    expect(flights.get('other')).to.equal(undefined)
    resolve(1)
    expect(await flight.join({})).to.equal(1)
    expect([flights.get('k'), flights.get('also')]).to.deep.equal([undefined, undefined])
  })

  it('ends for all alike when it fails, and harms nobody when no one waits', async () => {
    const flights = make<number>()
    const flight = flights.start(['k'], () => Promise.reject(new Error('no')))
    expect(await failure(flight.join({}))).to.have.property('message', 'no')
    expect(flights.get('k')).to.equal(undefined)
  })

  it('keeps the name of one that is under way, and clears no successor’s', async () => {
    const flights = make<number>()
    const ended = Promise.withResolvers<number>()
    const first = flights.start(['k'], () => ended.promise)
    const second = flights.start(['k', 'own'], never)
    expect([flights.get('k'), flights.get('own')]).to.deep.equal([first, second])
    now += 500
    const third = flights.start(['k'], never)
    ended.resolve(1)
    await first.outcome
    expect(flights.get('k')).to.equal(third)
  })

  it('is waited for no longer than one wants to', async () => {
    const flights = make<number>()
    const flight = flights.start(['k'], never)
    expect(await flight.joinWithin(1, {})).to.equal(undefined)
    const control = new AbortController()
    const ended = failure(flight.join({ signal: control.signal }))
    control.abort(new Error('enough'))
    expect(await ended).to.have.property('message', 'enough')
  })

  it('that all have left is joined for half a second more, for it may be stuck', async () => {
    const flights = make<number>()
    const control = new AbortController()
    const flight = flights.start(['k'], never)
    const ended = failure(flight.join({ signal: control.signal }))
    now += 60_000
    expect(flights.get('k'), 'somebody waits').to.equal(flight)
    control.abort()
    await ended
    expect(flights.get('k')).to.equal(undefined)
  })

  it('that all callers have left is ended after a while, and nobody joins it then', async () => {
    const flights = createInFlightRequests<number>({
      localNow: () => 0,
      maxWaitMs: 500,
      abandonedMs: 1,
      backgroundMs: 60_000
    })
    const ended = Promise.withResolvers<AbortSignal>()
    const watched = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => ended.resolve(signal))
      return never()
    }
    const [first, second] = [new AbortController(), new AbortController()]
    const flight = flights.start(['k'], watched)
    const left = failure(flight.join({ signal: first.signal }))
    first.abort()
    await left
    const back = failure(flight.join({ signal: second.signal }))
    expect(flights.get('k'), 'somebody came back').to.equal(flight)
    second.abort()
    await back
    expect(await ended.promise).to.include({ aborted: true })
    expect(flights.get('k')).to.equal(undefined)
  })

  it('that only the mesh itself waits for does not go on for ever', async () => {
    const flights = createInFlightRequests<number>({
      localNow: () => 0,
      maxWaitMs: 500,
      abandonedMs: 60_000,
      backgroundMs: 1
    })
    const ended = Promise.withResolvers<void>()
    const flight = flights.start(['k'], (signal) => {
      signal.addEventListener('abort', () => ended.resolve())
      return never()
    })
    void flight.join({ background: true })
    await ended.promise
  })

  it('is ended with everything when only the mesh itself waits, but never under a caller', async () => {
    const flights = make<number>()
    const ends: string[] = []
    const watched = (name: string) => (signal: AbortSignal) => {
      signal.addEventListener('abort', () => ends.push(name))
      return never()
    }
    const control = new AbortController()
    const wanted = failure(flights.start(['wanted'], watched('wanted')).join({ signal: control.signal }))
    void flights.start(['own'], watched('own')).join({ background: true })
    flights.start(['left'], watched('left'))
    now += 500
    flights.start(['left'], watched('its successor'))
    flights.stop()
    expect(ends).to.deep.equal(['own', 'left', 'its successor'])
    control.abort()
    await wanted
    expect(ends).to.deep.equal(['own', 'left', 'its successor', 'wanted'])
  })
})
