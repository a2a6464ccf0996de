import { expect } from 'chai'
import { defaultLimits } from '../src/limits.ts'
import { createDialler } from '../src/peers/dialler.ts'
import { memoryTransport } from '../src/transport/memory.ts'
import { memoryHub } from '../src/transport/memory-hub.ts'
import type { Peer } from '../src/transport/transport.ts'

/** Rounds as fast as they go. */
const limits = { ...defaultLimits, dialMs: 2, dialsPerSecond: 10_000, dialsBurst: 10_000 }

/** Members that all know all, of which some can be reached. Each lets go of those that came last, beyond `maxMembers`. */
function fleet(open: number, closed: number) {
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`)
  const ids = [...names('open', open), ...names('closed', closed)]
  const links = new Map(ids.map((id) => [id, new Set<string>()]))
  const of = (id: string) => links.get(id) as Set<string>
  const diallers = new Map<string, ReturnType<typeof createDialler>>()
  const tell = (what: 'met' | 'lost', one: string, other: string) => {
    diallers.get(one)?.[what](other)
    diallers.get(other)?.[what](one)
  }
  const rounds = new Map<string, number>()
  const lone = new Map(ids.map((id) => [id, 0]))
  let letGo = 0
  let look = () => {}

  function ticked(self: string): void {
    rounds.set(self, (rounds.get(self) ?? 0) + 1)
    if (of(self).size === 0) lone.set(self, (lone.get(self) ?? 0) + 1)
    for (const id of [...of(self)].slice(limits.maxMembers)) {
      letGo++
      of(self).delete(id)
      of(id).delete(self)
      tell('lost', self, id)
    }
    look()
  }

  function join(self: string): void {
    const dialler = createDialler({
      transport: {
        ...memoryTransport(memoryHub(), { peerId: self }),
        peerId: self,
        addresses: [`/memory/p2p/${self}`],
        peers: () => [...of(self)].map((id): Peer => ({ id, path: 'direct', transport: 'tcp' })),
        async dial(address: string) {
          const id = address.split('/').at(-1) as string
          if (!diallers.has(id) || id.startsWith('closed')) throw new Error('connection refused')
          of(self).add(id)
          of(id).add(self)
          tell('met', self, id)
          return id
        }
      },
      discovery: [
        {
          name: 'github-issue',
          async start(found) {
            for (const id of ids) found({ peerId: id, name: id, addresses: [`/memory/p2p/${id}`], lastSeen: 0 })
          },
          async announce() {},
          async stop() {}
        }
      ],
      limits,
      emit() {},
      name: self,
      localNow: Date.now,
      steadyNow: Date.now,
      random: () => 0,
      isConnected: (id) => of(self).has(id),
      isPresent: () => true,
      hasSpoken: () => true,
      isVisited: () => false,
      isRelay: () => false,
      ticked: () => ticked(self)
    })
    diallers.set(self, dialler)
    rounds.set(self, 0)
    dialler.start()
  }

  return {
    ids,
    join,
    connections: (id: string) => of(id).size,
    letGo: () => letGo,
    lone: () => Object.fromEntries(lone),
    /** Resolves when each has had so many more rounds. */
    rounds: (count: number) =>
      new Promise<void>((resolve) => {
        const until = new Map([...rounds].map(([id, n]) => [id, n + count]))
        look = () => {
          if ([...until].every(([id, n]) => (rounds.get(id) ?? 0) >= n)) resolve()
        }
      }),
    stop: () => Promise.all([...diallers.values()].map((one) => one.stop()))
  }
}

describe('members of a group of which few can be dialled', () => {
  let here: ReturnType<typeof fleet>
  afterEach(() => here.stop())

  it('gather no more than those few have room for: who comes late finds room, and nobody is let go again and again', async () => {
    here = fleet(20, 80)
    for (const id of here.ids.slice(0, -3)) here.join(id)
    await here.rounds(100)
    for (const id of here.ids.slice(-3)) here.join(id)
    await here.rounds(100)
    const [letGo, lone] = [here.letGo(), here.lone()]
    await here.rounds(50)
    const later = here.lone()
    expect(here.ids.filter((id) => (later[id] ?? 0) - (lone[id] ?? 0) > 10)).to.deep.equal([])
    expect(here.letGo() - letGo).to.be.below(10)
  })

  it('and where all can be, each gathers about as many as it may', async () => {
    here = fleet(100, 0)
    for (const id of here.ids) here.join(id)
    await here.rounds(100)
    const counts = here.ids.map(here.connections).sort((a, b) => a - b)
    expect(counts[50]).to.be.within(limits.gatheredMembers / 2, limits.maxMembers)
    expect(here.letGo()).to.be.below(10)
  })
})
