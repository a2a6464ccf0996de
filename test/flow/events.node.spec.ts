import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { eventTypes } from '../../packages/core/src/events.ts'
import { bob, repo, scene, second, shared, until } from './members.ts'

const issues = `${repo}/issues`
const labels = `${repo}/labels`

describe('events', () => {
  const s = scene()

  // README: "There are also small named values"
  it('there is one for every step', async () => {
    const store = memoryStore()
    let isFull = true
    const put: typeof store.put = (...args) => (isFull ? Promise.reject(new Error('disk full')) : store.put(...args))
    const a = await s.member()
    const b = await s.member({ token: bob, store: { ...store, put } })
    let seen: string[] = []
    for (const type of eventTypes) b.mesh.addEventListener(type, () => seen.push(type))
    const all = new Set<string>()
    /** What happens is among these, each of which has to come. */
    async function steps(work: () => Promise<unknown>, ...expected: (typeof eventTypes)[number][]): Promise<void> {
      seen = []
      await work()
      await until(() => expected.every((type) => seen.includes(type)))
      for (const type of expected) all.add(type)
    }

    await steps(() => s.connect(a, b), 'peer:connect')
    await steps(() => shared(a, b, issues), 'received', 'warning')
    isFull = false
    await steps(() => b.ask(issues), 'peer-hit')
    await steps(() => b.ask(labels), 'miss', 'stored', 'announced')
    await steps(() => b.ask(labels), 'hit')
    const hold = s.github.hold(`${repo}/tags`)
    const both = Promise.all([b.ask(`${repo}/tags`), b.ask(`${repo}/tags`)])
    await steps(() => hold.arrived, 'miss', 'wait')
    hold.release()
    await both
    s.now += 61 * second
    await steps(() => b.ask(labels), 'revalidated')
    await steps(() => b.mesh.purge(s.github.url + labels), 'purged')
    await s.github.goDown()
    await steps(() => b.ask(labels), 'stale')
    await steps(() => a.mesh.stop(), 'peer:disconnect')
    expect([...all]).to.have.members([...eventTypes])
  })
})
