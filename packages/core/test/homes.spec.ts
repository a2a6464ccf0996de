import { expect } from 'chai'
import * as fc from 'fast-check'
import { homesOf, isHomeOf } from '../src/exchange/homes.ts'
import { createProviders } from '../src/exchange/providers.ts'
import { rendezvousScore } from '../src/rendezvous.ts'

const peer = fc.stringMatching(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/)
const key = fc.stringMatching(/^[\da-f]{64}$/)
const peers = fc.uniqueArray(peer, { minLength: 1, maxLength: 12 })

describe('homes', () => {
  it('are the same for all members, in whatever order they know each other', () => {
    const shuffled = peers.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
    )
    fc.assert(
      fc.property(shuffled, key, ([all, again], wireKey) => {
        expect(homesOf(wireKey, again)).to.deep.equal(homesOf(wireKey, all))
      })
    )
  })

  it('are two, or as many as there are', () => {
    fc.assert(
      fc.property(peers, key, (all, wireKey) => {
        const homes = homesOf(wireKey, all)
        expect(new Set(homes).size).to.equal(Math.min(2, all.length))
        expect(all).to.include.members(homes)
      })
    )
    expect(homesOf('00', [])).to.deep.equal([])
  })

  it('are those that find themselves among them, whoever else there is', () => {
    fc.assert(
      fc.property(peers, key, (all, wireKey) => {
        const found = all.filter((one) =>
          isHomeOf(
            wireKey,
            one,
            all.filter((other) => other !== one)
          )
        )
        expect(found).to.have.members(homesOf(wireKey, all))
      })
    )
  })

  it('with equal scores are those whose names come first', () => {
    // FNV-1a in 32 bits repeats itself: two of these have one score.
    const byScore = new Map<number, string>()
    let twins: [string, string] | undefined
    for (let n = 0; !twins; n++) {
      const name = `member ${n}`
      const score = rendezvousScore(name, '00')
      const twin = byScore.get(score)
      if (twin !== undefined) twins = [twin, name]
      byScore.set(score, name)
    }
    const [first, second] = twins.sort()
    const top = [...byScore].sort(([a], [b]) => b - a).find(([score]) => score > rendezvousScore(first as string, '00'))
    const others = [top?.[1] as string, first as string, second as string]
    expect(homesOf('00', others)).to.deep.equal(others.slice(0, 2))
    expect(isHomeOf('00', second as string, others.slice(0, 2))).to.equal(false)
    expect(isHomeOf('00', first as string, [others[0] as string, second as string])).to.equal(true)
  })

  it('move only the keys of the member that leaves', () => {
    fc.assert(
      fc.property(peers, peer, key, (all, leaving, wireKey) => {
        const rest = all.filter((one) => one !== leaving)
        const before = homesOf(wireKey, [...rest, leaving])
        const after = homesOf(wireKey, rest)
        expect(after.slice(0, before.includes(leaving) ? 1 : 2)).to.deep.equal(before.filter((one) => one !== leaving))
      })
    )
  })

  it('share the keys out evenly', () => {
    const members = Array.from({ length: 10 }, (_, i) => `12D3KooW${String.fromCharCode(65 + i).repeat(44)}`)
    const counts = new Map(members.map((member) => [member, 0]))
    for (let i = 0; i < 5000; i++) {
      const [home] = homesOf(i.toString(16).padStart(64, '0'), members)
      counts.set(home as string, (counts.get(home as string) ?? 0) + 1)
    }
    for (const [member, n] of counts) expect(n, member).to.be.within(350, 650)
  })

  it('score as the protocol says', () => {
    expect([rendezvousScore('', ''), rendezvousScore('a', 'b')]).to.deep.equal([616345028, 2703019842])
  })
})

describe('holders', () => {
  it('tell who has a key, the newest first, each once with the newest time', () => {
    const holders = createProviders(() => 100, 5)
    holders.add('k', 'a', 1)
    holders.add('k', 'b', 3)
    holders.add('k', 'a', 2)
    holders.add('k', 'b', 1)
    expect(holders.of('k')).to.deep.equal([
      { peerId: 'b', asOf: 3 },
      { peerId: 'a', asOf: 2 }
    ])
    expect(holders.of('other')).to.deep.equal([])
  })

  it('do not believe who is ahead of the clock', () => {
    const holders = createProviders(() => 100, 5)
    holders.add('k', 'honest', 105)
    holders.add('k', 'liar', 106)
    expect(holders.of('k')).to.deep.equal([{ peerId: 'honest', asOf: 105 }])
  })

  it('remember eight of a key', () => {
    const holders = createProviders(() => 100, 5)
    for (let i = 0; i < 20; i++) holders.add('k', `peer${i}`, i)
    expect(holders.of('k').map(({ asOf }) => asOf)).to.deep.equal([19, 18, 17, 16, 15, 14, 13, 12])
  })
})
