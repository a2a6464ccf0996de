import { expect } from 'chai'
import type { Discovery, PeerRecord } from '../src/discovery/discovery.ts'
import { defaultLimits } from '../src/limits.ts'
import { createDialler } from '../src/peers/dialler.ts'
import { nearestOf } from '../src/peers/neighbours.ts'
import { memoryTransport } from '../src/transport/memory.ts'
import { memoryHub } from '../src/transport/memory-hub.ts'
import type { Peer } from '../src/transport/transport.ts'

const record = (peerId: string, addresses: string[] = [`/memory/p2p/${peerId}`]): PeerRecord => ({
  peerId,
  name: peerId,
  addresses,
  lastSeen: 0
})

/** A dialler in a world where only some peers answer, and every dial is written down. */
function world({ self = 'm', answering = [] as string[], limits = {} as Partial<typeof defaultLimits> } = {}) {
  const dialled: string[] = []
  const waiting = new Set<() => void>()
  const connected = new Set<string>()
  const relayed = new Set<string>()
  const byWebRtc = new Set<string>()
  /** Only others tell of these. */
  const told = new Set<string>()
  /** Addresses at which nobody says anything. */
  const silent = new Set<string>()
  const aborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  let tell: (record: PeerRecord) => void = () => {}
  let now = 0
  let rounds = 0
  const own = memoryTransport(memoryHub(), { peerId: self })
  const transport = {
    ...own,
    peerId: self,
    addresses: [`/ip4/192.168.1.5/tcp/9100/p2p/${self}`],
    peers: () =>
      [...connected].map((id): Peer => {
        const path = relayed.has(id) ? 'relayed' : 'direct'
        return { id, path, transport: byWebRtc.has(id) ? 'webrtc' : 'tcp' }
      }),
    async dial(address: string, { signal }: { signal?: AbortSignal } = {}) {
      dialled.push(address)
      for (const look of waiting) look()
      if (silent.has(address)) return await aborted(signal as AbortSignal)
      const id = address.split('/').at(-1) as string
      const isWay = answering.includes(id) || answering.some((way) => way.includes('/') && address.startsWith(way))
      if (!isWay) throw new Error('connection refused')
      connected.add(id)
      if (/\/p2p-circuit\/p2p\//.test(address)) relayed.add(id)
      else relayed.delete(id)
      // Once the dialler knows.
      setTimeout(() => {
        for (const look of waiting) look()
      })
      return id
    }
  }
  const source = (name: string): Discovery => ({
    name,
    async start(found) {
      tell = found
    },
    async announce() {},
    async stop() {}
  })
  let name = 'github-issue'
  const make = () =>
    createDialler({
      transport,
      discovery: [source(name)],
      limits: { ...defaultLimits, dialMs: 5, ...limits },
      emit() {},
      name: self,
      localNow: () => now,
      steadyNow: () => now,
      isConnected: (id) => connected.has(id),
      random: () => 0,
      isPresent: () => true,
      hasSpoken: (id) => !told.has(id),
      isVisited: () => false,
      isRelay: (id) => id === 'relay',
      ticked() {
        rounds++
        for (const look of waiting) look()
      }
    })
  let dialler: ReturnType<typeof make> | undefined
  return {
    dialled,
    connected,
    silent,
    async start(by = name, before: (made: ReturnType<typeof make>) => void = () => {}) {
      name = by
      dialler = make()
      before(dialler)
      dialler.start()
      await Promise.resolve()
    },
    rounds: () => rounds,
    found: (peer: PeerRecord) => tell(peer),
    heard: (peer: PeerRecord) => dialler?.heard(peer.peerId, peer),
    saysWhere: (peerId: string, addresses: string[]) => dialler?.isAt(peerId, addresses),
    saysSo: (peerId: string) => dialler?.isThere(peerId),
    met: (peerId: string) => dialler?.met(peerId),
    lose(peerId: string) {
      connected.delete(peerId)
      dialler?.lost(peerId)
    },
    wake: () => dialler?.retryNow(),
    visit: async (peerId: string, signal: AbortSignal) => dialler?.visit(peerId, signal),
    isBusy: () => dialler?.isBusy(),
    isWanted: (peerId: string) => dialler?.isWanted(peerId),
    relayed,
    byWebRtc,
    told,
    pass(ms: number) {
      now += ms
    },
    until: (fits: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!fits()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    stop: () => dialler?.stop()
  }
}

describe('dialling members', () => {
  const through = (relay: string, rest = '') => `/ip4/192.0.2.1/tcp/4001/p2p/${relay}/p2p-circuit${rest}/p2p/z`
  let here: ReturnType<typeof world>
  afterEach(() => here.stop())

  it('a thousand inventions cost no more than the allowance, and keep nobody from a real one', async () => {
    here = world({ answering: ['real'], limits: { dialsBurst: 50, dialsPerSecond: 1 } })
    await here.start()
    for (let i = 0; i < 1000; i++)
      here.found(
        record(
          `x${i}`,
          [1, 2, 3].map((n) => `/ip4/10.0.0.${n}/tcp/9/p2p/x${i}`)
        )
      )
    await here.until(() => here.dialled.length === 50)
    here.found(record('real'))
    // With so many to choose from, its turn comes with a round.
    const before = here.rounds()
    await here.until(() => here.rounds() > before)
    // The clock stands still, so nothing is left to dial with; then there is one more.
    expect(here.dialled).to.have.length(50)
    here.pass(1000)
    await here.until(() => here.dialled.length === 51)
    // The two nearest by all of their addresses, before it is the others' turn; of those each by its first one.
    expect(new Set(here.dialled.map((address) => address.split('/').at(-1))).size).to.equal(2 + 45)
    for (let allowed = 51; !here.connected.has('real') && allowed <= 1001; allowed += 50) {
      here.pass(50_000)
      await here.until(() => here.connected.has('real') || here.dialled.length >= Math.min(allowed + 50, 1001))
    }
    expect(here.connected.has('real')).to.equal(true)
  })

  it('of more than it wants the two nearest at once, and the others when it knows all: it would dial those that came first', async () => {
    const members = Array.from({ length: 30 }, (_, i) => `x${i}`)
    here = world({ self: 'a', answering: members, limits: { dialMs: 60_000 } })
    await here.start()
    for (const peerId of members) here.found(record(peerId))
    await new Promise((resolve) => setTimeout(resolve))
    for (const late of ['y0', 'y1']) here.found(record(late))
    await new Promise((resolve) => setTimeout(resolve))
    expect([...here.connected]).to.have.members([...nearestOf('a', members, 2)])
    expect(here.dialled).to.have.length(2)
    members.push('y0', 'y1')
    await here.until(() => here.connected.size === defaultLimits.wantedMembers)
    expect([...here.connected]).to.have.members([...nearestOf('a', members, defaultLimits.wantedMembers)])
  })

  it('a dial to one that has just come is not given up because it says that it has come', async () => {
    here = world({ self: 'a', limits: { dialMs: 60_000 } })
    here.silent.add('/memory/p2p/b')
    await here.start()
    here.found(record('b'))
    await here.until(() => here.dialled.length === 1)
    here.saysSo('b')
    await new Promise((resolve) => setTimeout(resolve))
    expect(here.dialled).to.have.length(1)
  })

  it('all addresses of a peer in turn, until one is right; then that one first', async () => {
    here = world({ answering: ['z'] })
    await here.start()
    const wrong = ['/ip4/10.0.0.1/tcp/9/p2p/z0', '/ip4/10.0.0.2/tcp/9/p2p/z0']
    here.found(record('z0', wrong))
    await here.until(() => here.dialled.length >= 4)
    expect(here.dialled.slice(0, 4)).to.deep.equal([...wrong, ...wrong])
  })

  it('with enough members no more are dialled, but for those the user named', async () => {
    here = world({ answering: ['x', 'y', 'z'], limits: { wantedMembers: 1, gatheredMembers: 1 } })
    await here.start('static')
    here.found(record('x'))
    await here.until(() => here.connected.has('x'))
    here.heard(record('z'))
    here.found(record('y'))
    await here.until(() => here.connected.has('y'))
    expect(here.dialled).to.deep.equal(['/memory/p2p/x', '/memory/p2p/y'])
  })

  describe('in the rounds that follow, members for questions to come', () => {
    const members = Array.from({ length: 5 }, (_, i) => `x${i}`)
    const few = { wantedMembers: 1, gatheredMembers: 4 }

    it('one in each round, until so many are connected', async () => {
      here = world({ self: 'm', answering: members, limits: few })
      await here.start()
      for (const peerId of members) here.found(record(peerId))
      await here.until(() => here.connected.size === 1)
      let lastRound = 0
      for (let size = 2; size <= few.gatheredMembers; size++) {
        await here.until(() => here.connected.size === size)
        expect(here.rounds()).to.be.above(lastRound)
        lastRound = here.rounds()
      }
      await here.until(() => here.rounds() >= lastRound + 8)
      expect(here.connected.size).to.equal(few.gatheredMembers)
    })

    it('none that can only be reached through a relay', async () => {
      here = world({ self: 'm', answering: ['x0', 'z'], limits: few })
      await here.start()
      here.found(record('x0'))
      await here.until(() => here.connected.size === 1)
      here.found(record('z', [through('relay')]))
      await here.until(() => here.rounds() >= 20)
      expect(here.dialled).to.deep.equal(['/memory/p2p/x0'])
    })

    it('where nobody answers, one at a time, and questions are not kept waiting', async () => {
      here = world({ self: 'm', answering: ['x0'], limits: { ...few, dialTimeoutMs: 60_000 } })
      for (const peerId of members.slice(1)) here.silent.add(`/memory/p2p/${peerId}`)
      await here.start()
      here.found(record('x0'))
      await here.until(() => here.connected.size === 1)
      for (const peerId of members) here.found(record(peerId))
      await here.until(() => here.dialled.length === 2)
      const round = here.rounds()
      await here.until(() => here.rounds() >= round + 10)
      expect(here.dialled).to.have.length(2)
      expect(here.isBusy()).to.equal(false)
    })

    it('none of which others only tell', async () => {
      here = world({ self: 'm', answering: members, limits: few })
      for (const peerId of members.slice(1)) here.told.add(peerId)
      await here.start()
      here.found(record('x0'))
      await here.until(() => here.connected.size === 1)
      for (const peerId of members) here.found(record(peerId))
      await here.until(() => here.rounds() >= 20)
      // But for the nearest, which may be tried.
      expect(here.dialled.length).to.be.at.most(2)
    })

    it('none while one is dialled for a question, whenever it is found', async () => {
      const [nearest = '', other = ''] = nearestOf('m', [...members, 'z'], 2)
      here = world({ self: 'm', answering: [nearest], limits: { ...few, dialTimeoutMs: 60_000 } })
      for (const address of [through('relay'), `/memory/p2p/${other}`]) here.silent.add(address)
      await here.start()
      here.found(record(nearest))
      await here.until(() => here.connected.size === 1)
      here.found(record('z', [through('relay')]))
      // Nobody is there to be gathered.
      await here.until(() => here.rounds() >= 12)
      const asked = new AbortController()
      const visit = here.visit('z', asked.signal).catch(() => {})
      here.found(record(other))
      const round = here.rounds()
      await here.until(() => here.rounds() >= round + 6)
      asked.abort()
      await visit
      expect(here.dialled).to.deep.equal([`/memory/p2p/${nearest}`, through('relay')])
    })

    it('and a member that came for a question stays, as long as there is room', async () => {
      here = world({ self: 'm', answering: members, limits: { ...few, dialMs: 60_000 } })
      await here.start()
      for (const peerId of members.slice(0, few.gatheredMembers)) here.connected.add(peerId)
      expect(here.isWanted('x0')).to.equal(false)
      here.connected.delete('x3')
      expect(here.isWanted('x0')).to.equal(true)
      here.relayed.add('x0')
      expect(here.isWanted('x0')).to.equal(false)
      here.relayed.delete('x0')
      here.byWebRtc.add('x0')
      expect(here.isWanted('x0')).to.equal(false)
    })
  })

  it('what a member tells of itself is checked, and is dialled', async () => {
    here = world({ answering: ['z'] })
    await here.start()
    here.heard(record('y', ['/ip4/127.0.0.1/tcp/22/p2p/y', '/ip4/192.168.1.5/tcp/9100/p2p/y', '/memory/p2p/other']))
    here.heard(record('z'))
    await here.until(() => here.connected.has('z'))
    expect(here.dialled).to.deep.equal(['/memory/p2p/z'])
  })

  it('through the relay at once, then directly by its own address, then by WebRTC', async () => {
    here = world({ answering: [through('relay'), through('relay', '/webrtc')] })
    await here.start()
    const own = '/ip4/10.0.0.1/tcp/9/p2p/z'
    here.found(record('z', [own, through('relay'), through('relay', '/webrtc')]))
    await here.until(() => here.dialled.length === 3)
    expect(here.dialled).to.deep.equal([through('relay'), own, through('relay', '/webrtc')])
    here.heard(record('y'))
    await here.until(() => here.dialled.length === 4)
    expect(here.dialled.at(-1)).to.equal('/memory/p2p/y')
  })

  it('one that goes is looked for where it was, but not through its relay, until it says that it is back', async () => {
    const byRelay = through('relay')
    const direct = '/ip4/10.0.0.1/tcp/9/p2p/z'
    here = world({ answering: [byRelay] })
    await here.start()
    here.found(record('z', [byRelay, direct]))
    await here.until(() => here.connected.has('z'))
    here.met('z')
    here.pass(defaultLimits.dialMs)
    here.saysWhere('z', [])
    const before = here.dialled.length
    here.lose('z')
    await here.until(() => here.dialled.slice(before).length >= 2)
    expect(here.dialled.slice(before)).not.to.include(byRelay)
    here.saysWhere('z', [byRelay, direct])
    here.saysSo('z')
    await here.until(() => here.connected.has('z'))
    expect(here.dialled.filter((address) => address === byRelay)).to.have.length(2)
  })

  it('of two, the one with the smaller peer id offers WebRTC', async () => {
    here = world({ self: 'zz', answering: [through('relay')] })
    await here.start()
    here.found(record('z', [through('relay'), through('relay', '/webrtc')]))
    await here.until(() => here.dialled.length === 1)
    here.heard(record('y'))
    await here.until(() => here.dialled.includes('/memory/p2p/y'))
    expect(here.dialled).to.deep.equal([through('relay'), '/memory/p2p/y'])
  })

  it('through no relay but those that it was told of', async () => {
    here = world({ answering: ['z', 'y'] })
    await here.start()
    here.found(record('z', [through('stranger')]))
    here.found(record('y'))
    await here.until(() => here.connected.has('y'))
    expect(here.dialled).to.deep.equal(['/memory/p2p/y'])
  })

  it('an address that changes is dialled at once', async () => {
    here = world({ answering: ['z'] })
    await here.start()
    here.found(record('z', ['/ip4/10.0.0.1/tcp/9/p2p/elsewhere']))
    here.found(record('z'))
    await here.until(() => here.connected.has('z'))
    expect(here.dialled).to.deep.equal(['/memory/p2p/z'])
  })

  describe('where timers come once in an hour, as if the page were hidden', () => {
    const limits = { dialMs: 3_600_000 }

    it('a member that is lost is dialled at once, but not one that went as soon as it came', async () => {
      here = world({ answering: ['z', 'y'], limits })
      await here.start()
      for (const peer of ['z', 'y']) here.found(record(peer))
      await here.until(() => here.connected.size === 2)
      for (const peer of ['z', 'y']) here.met(peer)
      here.lose('y')
      here.pass(limits.dialMs)
      here.lose('z')
      await here.until(() => here.connected.has('z'))
      expect(here.dialled.slice(0, 2)).to.have.members(['/memory/p2p/y', '/memory/p2p/z'])
      expect(here.dialled.slice(2)).to.deep.equal(['/memory/p2p/z'])
    })

    it('one that went as soon as it came is dialled when it says itself that it is there', async () => {
      here = world({ answering: ['z'], limits })
      await here.start()
      here.found(record('z'))
      await here.until(() => here.connected.has('z'))
      here.met('z')
      here.lose('z')
      // Others say so, and know no better than this one.
      here.heard(record('z'))
      here.saysSo('z')
      await here.until(() => here.connected.has('z'))
      expect(here.dialled).to.have.length(2)
      here.saysSo('nobody')
    })

    it('one whose connection went is not waited for on the way that came of it', async () => {
      here = world({ answering: ['z'], limits })
      const circuit = '/ip4/10.0.0.1/tcp/9/ws/p2p/relay/p2p-circuit'
      here.silent.add(`${circuit}/webrtc/p2p/z`)
      await here.start()
      here.found(record('z', [`${circuit}/p2p/z`, `${circuit}/webrtc/p2p/z`]))
      await here.until(() => here.dialled.length === 2)
      here.pass(limits.dialMs)
      here.lose('z')
      await here.until(() => here.dialled.length === 3)
      expect(here.dialled[2]).to.equal(`${circuit}/p2p/z`)
    })

    it('one of many that is lost is dialled at once as well: there is nothing to choose', async () => {
      const members = Array.from({ length: 30 }, (_, i) => `x${i}`)
      here = world({ self: 'a', answering: members, limits })
      await here.start()
      for (const peerId of members) here.found(record(peerId))
      await here.until(() => here.connected.size === defaultLimits.wantedMembers)
      const [lost = ''] = here.connected
      here.pass(limits.dialMs)
      here.lose(lost)
      await new Promise((resolve) => setTimeout(resolve))
      expect(here.dialled.slice(defaultLimits.wantedMembers)).to.deep.equal([`/memory/p2p/${lost}`])
    })

    it('one that came by itself, and says that it is there again, is not waited for where it was before', async () => {
      here = world({ self: 'a', limits })
      here.silent.add('/memory/p2p/z')
      await here.start()
      here.found(record('z'))
      await here.until(() => here.dialled.length === 1)
      here.met('z')
      here.saysSo('z')
      await here.until(() => here.dialled.length === 2)
    })

    it('of two that lost each other, the other is given its moment', async () => {
      here = world({ self: 'zz', answering: ['z'], limits })
      await here.start()
      here.found(record('z'))
      await here.until(() => here.connected.has('z'))
      here.pass(limits.dialMs)
      here.lose('z')
      expect(here.dialled).to.have.length(1)
      await here.until(() => here.dialled.length === 2)
    })

    it('waking before it has begun is nothing: as a page does that has just been loaded', async () => {
      here = world({ limits })
      await here.start('file', ({ retryNow }) => retryNow())
      expect(here.rounds()).to.equal(1)
    })

    it('waking tries everybody that is missing, whatever failed before', async () => {
      const answering: string[] = []
      here = world({ answering, limits })
      await here.start()
      here.found(record('z'))
      await here.until(() => here.dialled.length === 1)
      answering.push('z')
      here.wake()
      await here.until(() => here.connected.has('z'))
      expect(here.dialled).to.have.length(2)
    })
  })
})
