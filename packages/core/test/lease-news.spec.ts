import { expect } from 'chai'
import { createLeaseNews } from '../src/exchange/lease-news.ts'

describe('news of a lease', () => {
  it('is heard in its order, by who waits for it from that home', async () => {
    const desk = createLeaseNews()
    const line = desk.open('key', 'home')
    expect(desk.take('key', 'another', { state: 'free' })).to.equal(false)
    expect(desk.take('another key', 'home', { state: 'free' })).to.equal(false)
    const first = line.next(60_000)
    for (const state of ['waiting', 'granted'] as const) expect(desk.take('key', 'home', { state })).to.equal(true)
    expect([await first, await line.next(0)]).to.deep.equal([{ state: 'waiting' }, { state: 'granted' }])
    line.close()
    expect(desk.take('key', 'home', { state: 'free' })).to.equal(false)
  })

  it('of a home that sends without end is kept up to a number, the newest', async () => {
    const desk = createLeaseNews()
    const line = desk.open('key', 'home')
    for (let asOf = 1; asOf <= 100; asOf++) desk.take('key', 'home', { state: 'stored', hash: '', asOf })
    const heard: number[] = []
    for (let news = await line.next(0); news; news = await line.next(0))
      if (news.state === 'stored') heard.push(news.asOf)
    expect(heard.length).to.be.below(10)
    expect(heard.at(-1)).to.equal(100)
  })
})
