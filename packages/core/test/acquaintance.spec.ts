import { expect } from 'chai'
import { createAcquaintance } from '../src/peers/acquaintance.ts'
import type { ToldMember } from '../src/protocol/wire.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

describe('members that tell of members', () => {
  /** The next question after the first ones is an hour away. */
  function setUp(tells: Record<string, string[]> = {}) {
    const asked: string[] = []
    const told: string[] = []
    const acquaintance = createAcquaintance({
      async ask(peerId) {
        asked.push(peerId)
        return (tells[peerId] ?? []).map((name) => ({ peerId: name }) as ToldMember)
      },
      told: ({ peerId }) => told.push(peerId) > 0,
      roster: { isMember: () => true, known: () => [] },
      limits: { membersAskedMs: 3_600_000, presenceMs: 3_600_000, presencePerMemberMs: 0 },
      random: () => 0
    })
    return { acquaintance, asked, told }
  }

  it('the first that comes is asked at once, also when another one comes in the same moment', async () => {
    const { acquaintance, asked, told } = setUp({ a: ['c', 'd'] })
    acquaintance.met('a')
    acquaintance.met('b')
    while (told.length < 2) await turn()
    expect([asked, told]).to.deep.equal([['a'], ['c', 'd']])
    acquaintance.met('e')
    await turn()
    expect(asked, 'later ones have their turn').to.deep.equal(['a'])
    acquaintance.stop()
  })

  it('nobody is asked after the stop', async () => {
    const { acquaintance, asked } = setUp()
    acquaintance.met('a')
    acquaintance.stop()
    acquaintance.met('b')
    await turn()
    expect(asked).to.deep.equal([])
  })
})
