import { expect } from 'chai'
import { firstAnswer } from '../src/exchange/first-answer.ts'
import { pause } from '../src/pause.ts'

/** Longer than any test: something else always comes first. */
const neverMs = 60_000

describe('the first answer of some peers', () => {
  /** Peers that answer when a test says so, and what was noted of them. */
  function setUp() {
    const asked = new Map<string, { answer(found: string | undefined): void; signal: AbortSignal }>()
    const noted: string[] = []
    let heard = () => {}
    const first = (hedgeMs: number, maxWaitMs: number, peerIds = ['a', 'b']) =>
      firstAnswer<string>({
        peerIds,
        ask: (peerId, signal) =>
          new Promise((answer) => {
            asked.set(peerId, { answer, signal })
            heard()
          }),
        hedgeMs,
        maxWaitMs,
        responseTimes: {
          overtaken: (peerId, ms) => noted.push(`${peerId} ${ms >= 0 ? 'overtaken' : 'before it was asked'}`),
          late: (peerId) => noted.push(`${peerId} late`)
        }
      })
    /** A peer, once it was asked. */
    async function peer(id: string) {
      while (!asked.has(id))
        await new Promise<void>((resolve) => {
          heard = resolve
        })
      return asked.get(id) as { answer(found: string | undefined): void; signal: AbortSignal }
    }
    return { first, peer, asked, noted }
  }

  it('is that of the second one where the first is slow, and counts the wait against the first', async () => {
    const { first, peer, noted } = setUp()
    const found = first(1, neverMs)
    const slow = await peer('a')
    ;(await peer('b')).answer('of b')
    expect(await found).to.equal('of b')
    expect(noted, 'b is measured where its frames are read').to.deep.equal(['a overtaken'])
    expect(slow.signal.aborted).to.equal(true)
    slow.answer('too late')
    expect(await found).to.equal('of b')
  })

  it('does not wait for a slow one before the next is asked, where the first has nothing', async () => {
    const { first, peer, asked } = setUp()
    const found = first(neverMs, neverMs)
    const empty = await peer('a')
    expect([...asked.keys()]).to.deep.equal(['a'])
    empty.answer(undefined)
    ;(await peer('b')).answer('of b')
    expect(await found).to.equal('of b')
  })

  it('is nothing once all have nothing, and nobody was late', async () => {
    const { first, peer, noted } = setUp()
    const found = first(1, neverMs)
    for (const id of ['a', 'b']) (await peer(id)).answer(undefined)
    expect(await found).to.equal(undefined)
    expect(noted).to.deep.equal([])
  })

  it('is nothing when the time is over, and who was asked need not answer any more', async () => {
    const { first, peer } = setUp()
    expect(await first(neverMs, 1)).to.equal(undefined)
    expect((await peer('a')).signal.aborted).to.equal(true)
  })

  it('is one that came while this thread was busy, until after the time was over', async () => {
    const { peer, first } = setUp()
    const found = first(neverMs, 500)
    const { answer } = await peer('a')
    const came = pause()
      .then(pause)
      .then(() => answer('of a'))
    for (const end = performance.now() + 600; performance.now() < end; );
    await came
    expect(await found).to.equal('of a')
  })

  it('is nothing at once of nobody', async () => {
    expect(await setUp().first(neverMs, neverMs, [])).to.equal(undefined)
  })
})
