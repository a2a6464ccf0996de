import { expect } from 'chai'
import { createShelfRelays } from '../src/exchange/shelf-relays.ts'
import type { Shelves } from '../src/transport/transport.ts'

const hour = 3_600_000
const turn = () => new Promise<void>((resolve) => setTimeout(resolve))

describe('relays with a shelf', () => {
  /** Relays r and s, of which those in `having` keep something; of others it is not known until `say` is called. */
  function setUp({ relays = 2, having = ['r', 's'], unknown = [] as string[], shelves = true } = {}) {
    let found = 0
    let now = 0
    const say: Record<string, (isThere: boolean) => void> = {}
    const transport: Pick<Shelves, 'isAt'> = {
      isAt: (id) =>
        unknown.includes(id)
          ? new Promise((resolve) => {
              say[id] = resolve
            })
          : Promise.resolve(having.includes(id))
    }
    const known = createShelfRelays({
      relays,
      shelves: () => (shelves ? (transport as Shelves) : undefined),
      maxFaults: 3,
      found: () => found++,
      now: () => now
    })
    return {
      known,
      say: (id: string, isThere: boolean) => say[id]?.(isThere),
      found: () => found,
      pass: (ms: number) => (now += ms)
    }
  }

  it('are asked and told from when they have taken the proof until they are gone', async () => {
    const { known, found } = setUp({ having: ['r'] })
    expect([known.ids, known.taking]).to.deep.equal([[], []])
    known.accepted('r')
    known.accepted('s')
    await turn()
    expect([known.ids, known.taking, found()]).to.deep.equal([['r'], ['r'], 1])
    known.accepted('r')
    await turn()
    expect(found(), 'it was there').to.equal(1)
    known.left('r')
    expect([known.ids, known.taking]).to.deep.equal([[], []])
    known.accepted('r')
    await turn()
    expect([known.ids, found()]).to.deep.equal([['r'], 2])
  })

  it('that are full are only asked, for an hour or until they are connected again', async () => {
    const { known, found, pass } = setUp()
    known.full('r')
    expect(known.ids, 'it is not there').to.deep.equal([])
    for (const id of ['r', 's']) known.accepted(id)
    await turn()
    known.full('r')
    expect([known.ids, known.taking]).to.deep.equal([['r', 's'], ['s']])
    known.left('r')
    known.accepted('r')
    await turn()
    expect(known.taking).to.deep.equal(['s', 'r'])
    expect(found()).to.equal(3)
    known.full('s')
    pass(hour - 1)
    expect(known.taking).to.deep.equal(['r'])
    pass(1)
    expect(known.taking).to.deep.equal(['s', 'r'])
  })

  it('that send what no honest one sends are given up after some of that, for an hour, also when they are connected again', async () => {
    const { known, pass } = setUp()
    for (const id of ['r', 's']) known.accepted(id)
    await turn()
    known.faulty('r')
    known.faulty('r')
    expect(known.ids).to.deep.equal(['r', 's'])
    known.faulty('r')
    expect([known.ids, known.taking]).to.deep.equal([['s'], ['s']])
    known.left('r')
    known.accepted('r')
    await turn()
    pass(hour - 1)
    expect(known.ids).to.deep.equal(['s'])
    pass(1)
    expect(known.ids).to.deep.equal(['s', 'r'])
    known.faulty('r')
    expect(known.ids, 'what was before is forgotten').to.deep.equal(['s', 'r'])
  })

  describe('are waited for by a member that has just started', () => {
    const waits = async (known: ReturnType<typeof createShelfRelays>, maxWaitMs = 3_600_000) => {
      const seen = { over: false }
      void known.settled(maxWaitMs).then(() => {
        seen.over = true
      })
      await turn()
      return seen
    }

    it('until there is one', async () => {
      const { known, say } = setUp({ unknown: ['r'] })
      known.accepted('r')
      const seen = await waits(known)
      expect(seen.over).to.equal(false)
      say('r', true)
      await turn()
      expect(seen.over).to.equal(true)
      expect((await waits(known)).over).to.equal(true)
    })

    it('until all are known to have none', async () => {
      const { known } = setUp({ having: [] })
      known.accepted('r')
      const seen = await waits(known)
      expect(seen.over).to.equal(false)
      known.accepted('r')
      await turn()
      expect(seen.over, 'that was known').to.equal(false)
      known.accepted('s')
      await turn()
      expect(seen.over).to.equal(true)
    })

    it('no longer than it has time', async () => {
      const { known } = setUp()
      await known.settled(1)
      expect(known.ids).to.deep.equal([])
    })

    it('not where its transport knows of no shelves', async () => {
      const { known } = setUp({ shelves: false })
      expect((await waits(known)).over).to.equal(true)
      known.accepted('r')
      await turn()
      expect(known.ids).to.deep.equal([])
    })
  })
})
