import { expect } from 'chai'
import { defaultLimits } from '../src/limits.ts'
import { createVisits } from '../src/peers/visits.ts'

/** Members that can be dialled, and a clock that stands still. */
function world(limits: Partial<typeof defaultLimits> = {}) {
  let now = 0
  let busy = false
  const dialled: string[] = []
  const connected = new Set<string>()
  const neighbours = new Set<string>()
  const dead = new Set<string>()
  const visits = createVisits({
    transport: {
      async *request(peerId) {
        if (!connected.has(peerId)) throw new Error(`not connected to ${peerId}`)
        yield new TextEncoder().encode(peerId)
      },
      async disconnect(peerId) {
        connected.delete(peerId)
        visits.ended(peerId)
      }
    },
    roster: {
      isConnected: (peerId) => connected.has(peerId),
      isMember: (peerId) => connected.has(peerId),
      async whenMember() {}
    },
    limits: { ...defaultLimits, ...limits },
    localNow: () => now,
    isBusy: () => busy,
    async dial(peerId) {
      dialled.push(peerId)
      if (dead.has(peerId)) throw new Error('connection refused')
      connected.add(peerId)
    },
    isNeighbour: (peerId) => neighbours.has(peerId)
  })
  const ask = async (peerId: string) => {
    for await (const frame of visits.request(peerId, new Uint8Array())) return new TextDecoder().decode(frame)
    return undefined
  }
  const failing = (peerId: string) =>
    ask(peerId).then(
      () => undefined,
      (error: Error) => error.message
    )
  return {
    visits,
    dialled,
    connected,
    neighbours,
    dead,
    ask,
    failing,
    set busy(is: boolean) {
      busy = is
    },
    pass(ms: number) {
      now += ms
    }
  }
}

describe('questions to members that are no neighbours', () => {
  it('dial once, however many there are, and close the connection when it is not used', async () => {
    const here = world({ visitIdleMs: 100 })
    expect(await Promise.all([here.ask('a'), here.ask('a'), here.ask('a')])).to.deep.equal(['a', 'a', 'a'])
    expect(here.dialled).to.deep.equal(['a'])
    expect(here.visits.has('a')).to.equal(true)
    here.pass(99)
    await here.ask('a')
    here.pass(99)
    here.visits.tick()
    expect([...here.connected]).to.deep.equal(['a'])
    here.pass(1)
    here.visits.tick()
    expect([...here.connected]).to.deep.equal([])
    expect(here.visits.has('a')).to.equal(false)
  })

  it('one that is wanted for a neighbour stays', async () => {
    const here = world({ visitIdleMs: 100 })
    await here.ask('a')
    here.neighbours.add('a')
    here.pass(100)
    here.visits.tick()
    expect([...here.connected]).to.deep.equal(['a'])
    expect(here.visits.has('a')).to.equal(false)
  })

  it('only so many stay connected, those used last', async () => {
    const here = world({ visitedMembers: 2 })
    for (const peer of ['a', 'b', 'a', 'c']) await here.ask(peer)
    expect([...here.connected]).to.deep.equal(['a', 'c'])
  })

  it('one that cannot be reached is left alone for a while', async () => {
    const here = world()
    here.dead.add('a')
    expect(await here.failing('a')).to.equal('connection refused')
    expect(here.visits.canAsk('a')).to.equal(false)
    expect(await here.failing('a')).to.equal('a could not be reached')
    expect(here.dialled).to.deep.equal(['a'])
    here.dead.delete('a')
    here.pass(30_000)
    expect(here.visits.canAsk('a')).to.equal(true)
    expect(await here.ask('a')).to.equal('a')
  })

  it('wait for nobody while neighbours are dialled', async () => {
    const here = world()
    here.busy = true
    expect(here.visits.canAsk('a')).to.equal(false)
    expect(await here.failing('a')).to.equal('too many visits')
    here.busy = false
    expect(await here.ask('a')).to.equal('a')
  })

  it('dial no more than the allowance, and others can be told beforehand', async () => {
    const here = world({ visitsBurst: 2, visitsPerSecond: 1 })
    await Promise.all([here.ask('a'), here.ask('b')])
    expect(here.visits.canAsk('c')).to.equal(false)
    expect(here.visits.canAsk('a')).to.equal(true)
    expect(await here.failing('c')).to.equal('too many visits')
    here.pass(1000)
    expect(await here.ask('c')).to.equal('c')
  })
})
