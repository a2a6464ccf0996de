import { expect } from 'chai'
import { createFlights } from '../src/single-flight.ts'

describe('single flight', () => {
  it('is shared by all who ask while it is under way, and by nobody after', async () => {
    const flights = createFlights<number>()
    const { promise, resolve } = Promise.withResolvers<number>()
    const flight = flights.start('k', () => promise)
    expect(flights.get('k')).to.equal(flight)
    expect(flights.get('other')).to.equal(undefined)
    resolve(1)
    expect(await flight).to.equal(1)
    expect(flights.get('k')).to.equal(undefined)
  })

  it('ends for all alike when it fails, and harms nobody when no one waits', async () => {
    const flights = createFlights<number>()
    const flight = flights.start('k', () => Promise.reject(new Error('no')))
    expect(await flight.catch((error: Error) => error.message)).to.equal('no')
    expect(flights.get('k')).to.equal(undefined)
  })

  it('that was replaced does not clear its successor', async () => {
    const flights = createFlights<number>()
    const second = Promise.withResolvers<number>()
    const first = flights.start('k', () => Promise.resolve(1))
    const successor = flights.start('k', () => second.promise)
    await first
    expect(flights.get('k')).to.equal(successor)
    second.resolve(2)
    await successor
  })

  it('leaves it idle only when nothing is under way, not even what a flight started', async () => {
    const flights = createFlights<void>()
    const done: string[] = []
    const next = async () => {
      await Promise.resolve()
      done.push('second')
    }
    flights.start('a', async () => {
      await Promise.resolve()
      void flights.start('b', next)
      done.push('first')
    })
    await flights.idle()
    expect(done).to.deep.equal(['first', 'second'])
    await flights.idle()
  })
})
