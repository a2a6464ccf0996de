import { expect } from 'chai'
import { createGovernor } from '../src/github/governor.ts'
import { pause } from '../src/pause.ts'

const minute = 60_000
const caller = { viewer: 'me', path: '/repos/octo/tools/issues' }

describe('after a limit, calls of a token that come at once', () => {
  function setUp() {
    let now = 0
    const governor = createGovernor<object>({
      githubNow: () => now,
      localNow: () => now,
      writeGapMs: 0,
      slowStartMs: minute,
      reservePercent: 10,
      heldBack() {}
    })
    const sent: (() => void)[] = []
    return {
      governor,
      /** Sends so many, and says how many of all that wait for GitHub are on their way by then. */
      async ask(count: number): Promise<number> {
        for (let n = 0; n < count; n++)
          void governor.inTurn(caller, () => new Promise<void>((resolve) => void sent.push(resolve)))
        await settled()
        return sent.length
      },
      /** GitHub answers all that are on their way. */
      async answer(): Promise<void> {
        for (const one of sent.splice(0)) one()
        await settled()
      },
      limit: () => governor.refused(caller, undefined, minute, {}),
      later: () => {
        now += minute
      }
    }
  }
  /** All has run that does not wait for GitHub or for time. */
  const settled = pause

  it('begin with one again where it was limited a second time', async () => {
    const { ask, answer, limit, later } = setUp()
    limit()
    later()
    expect(await ask(3)).to.equal(1)
    await answer()
    expect(await ask(0)).to.equal(2)
    limit()
    await answer()
    later()
    expect(await ask(10)).to.equal(1)
  })

  it('begin with one where GitHub said that nothing is left', async () => {
    const { governor, ask } = setUp()
    governor.learn(caller.viewer, 'core', { limit: 5000, remaining: 1, resetAt: minute })
    expect(await ask(2)).to.equal(2)
    governor.learn(caller.viewer, 'core', { limit: 5000, remaining: 0, resetAt: minute })
    expect(await ask(10)).to.equal(3)
  })

  it('begin with one again where nothing is left in a later hour', async () => {
    const { governor, ask, answer, later } = setUp()
    const nothingLeft = (resetAt: number) =>
      governor.learn(caller.viewer, 'core', { limit: 5000, remaining: 0, resetAt })
    nothingLeft(minute)
    for (let answered = 0; answered < 40; answered++) {
      await ask(1)
      nothingLeft(minute)
      await answer()
    }
    expect(await ask(100), 'where GitHub answers all the same').to.equal(100)
    await answer()
    later()
    nothingLeft(2 * minute)
    expect(await ask(10)).to.equal(1)
  })
})
