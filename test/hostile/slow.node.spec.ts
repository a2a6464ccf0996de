import { expect } from 'chai'
import { encodeAnswer } from '../../packages/core/src/protocol/wire.ts'
import { type Attacker, world } from './world.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a member that is slow', () => {
  const here = world()
  const issue = (n: number) => `/repos/octocat/hello-world/issues/${n}`

  /** A member and one that says it has the body, and then takes its time. */
  async function withLaggard(
    speak: (sent: () => void, signal?: AbortSignal) => AsyncIterable<Uint8Array>,
    membersBudgetMs = 150
  ) {
    const mesh = await here.member({ limits: { membersBudgetMs } })
    const laggard = await here.attacker()
    let asked = 0
    let frames = 0
    laggard.answer = (_question, signal) => {
      asked++
      return speak(() => frames++, signal)
    }
    await laggard.join(mesh)
    return { mesh, asked: () => asked, frames: () => frames }
  }

  const headOf = async (maker: Attacker, path: string) => {
    const { head } = await maker.forge(path, 'x'.repeat(100_000))
    return encodeAnswer({ type: 'entry', entry: head, encoding: 'identity', length: head.size })
  }

  // README: "If members, the disk or discovery fail"
  it('by the byte: GitHub is asked when the time for members is over, not when the body is', async () => {
    const maker = await here.attacker()
    const { mesh, frames } = await withLaggard(async function* (sent, signal) {
      yield await headOf(maker, issue(1))
      while (!signal?.aborted) {
        await wait(5)
        sent()
        yield Uint8Array.of(1)
      }
    })
    await here.answered(mesh, issue(1))
    // In five seconds, which it had before, it would send hundreds.
    expect(frames()).to.be.within(1, 100)
  })

  it('is asked less and less', async () => {
    // A member that is too busy asks nobody, and this machine may be: it has more time than it needs.
    const { mesh, asked } = await withLaggard(async function* (_sent, signal) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }))
    }, 1000)
    for (let n = 1; n <= 20; n++) await here.answered(mesh, issue(n))
    expect(asked()).to.equal(3)
  })

  it('is asked less also for what it says to have', async () => {
    const mesh = await here.member({ limits: { membersBudgetMs: 50 } })
    const laggard = await here.attacker()
    await laggard.join(mesh)
    let asked = 0
    laggard.answer = async function* (_question, signal) {
      asked++
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }))
      yield encodeAnswer({ type: 'none' })
    }
    for (let n = 1; n <= 30; n++) {
      const told = await laggard.forge(issue(n), 'x'.repeat(100_000))
      await laggard.tell(mesh, { type: 'announce', sentAt: Date.now(), key: told.wireKey, entry: told.head })
      await here.answered(mesh, issue(n))
    }
    // Three until it is known, and what was under way in the background.
    expect(asked).to.be.at.most(8)
  })
})
