import { expect } from 'chai'
import * as fc from 'fast-check'
import { createMesh, type Mesh, memoryStore } from 'ghmesh'
import type { AttentionItem } from '../../examples/dashboard/src/board/attention.ts'
import { divide, knownOf, newAmong } from '../../examples/dashboard/src/board/set-aside.ts'
import { thingAt } from '../../examples/dashboard/src/mesh/events-for-people.ts'
import { createMarks, type Mark, markIn, takenMs } from '../../examples/dashboard/src/mesh/marks.ts'
import { addSavings, dayOf, noSavings, savingsIn } from '../../examples/dashboard/src/mesh/savings.ts'

const now = new Date(2026, 10, 27, 12).getTime()
const dayMs = 86_400_000
const item = (key: string, reason: AttentionItem['reason'] = 'waiting'): AttentionItem => ({
  ...{ key, reason, title: key, url: undefined, about: '' }
})
const branch = { name: 'main', state: 'passed', isStale: false } as const

describe('what a team shares on the dashboard', () => {
  it('takes a mark for one only if it is whole and not over, whatever a member wrote', () => {
    const mark: Mark = { kind: 'taken', by: 'alice', until: now + takenMs }
    expect(markIn({ ...mark, more: 1 }, now)).to.deep.equal(mark)
    for (const wrong of [
      { ...mark, until: now },
      { ...mark, until: now + 400 * dayMs },
      { ...mark, until: `${now + 1}` },
      { ...mark, by: 'alice <script>' },
      { ...mark, kind: 'closed' }
    ]) {
      expect(markIn(wrong, now), JSON.stringify(wrong)).to.equal(undefined)
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => markIn(value, now) === undefined))
  })

  it('sets aside what is snoozed or taken by somebody else, and gives it back when that is over', () => {
    const items = ['a/b#1', 'a/b#2', 'a/b#3', 'a/b#4'].map((key) => item(key))
    const until = now + 1000
    const marks = new Map<string, Mark>([
      ['a/b#1', { kind: 'snoozed', by: 'alice', until }],
      ['a/b#2', { kind: 'taken', by: 'bob', until }],
      ['a/b#3', { kind: 'taken', by: 'alice', until }]
    ])
    const { needing, aside, own } = divide(items, marks, 'alice', now)
    expect(needing.map(({ key }) => key)).to.deep.equal(['a/b#3', 'a/b#4'])
    expect(aside.map((one) => [one.item.key, one.mark.by])).to.deep.equal([
      ['a/b#1', 'alice'],
      ['a/b#2', 'bob']
    ])
    expect([...own]).to.deep.equal(['a/b#3'])
    expect(divide(items, marks, 'alice', until).needing).to.have.length(4)
  })

  it('notifies of what is new, also when the same thing needs attention for another reason', () => {
    const before = knownOf([item('a/b#1'), item('a/b#2')], [{ name: 'a/b', standing: 'known', branch }], 'alice')
    const found = newAmong([item('a/b#1'), item('a/b#2', 'ready'), item('a/b#3')], before)
    expect(found.map(({ key }) => key)).to.deep.equal(['a/b#2', 'a/b#3'])
  })

  it('does not notify of what a repository had before it was known', () => {
    const repositories = [
      { name: 'a/known1', standing: 'known', branch },
      { name: 'a/lists1', standing: 'known' },
      { name: 'a/none1', standing: 'waiting' }
    ] as const
    const items = repositories.flatMap(({ name }) => [item(name, 'branch-failing'), item(`${name}#1`)])
    const found = (me?: string) => newAmong(items, knownOf([], repositories, me)).map(({ key }) => key)
    expect(found(), 'without a token').to.deep.equal(['a/known1', 'a/known1#1', 'a/lists1#1'])
    expect(found('alice'), 'with one').to.deep.equal(['a/known1', 'a/known1#1'])
  })

  describe('by a real mesh', () => {
    let mesh: Mesh
    beforeEach(async () => {
      mesh = await createMesh({ store: memoryStore() })
    })
    afterEach(() => mesh.stop())

    it('keeps a mark, finds it again, and takes it back', async () => {
      const mark: Mark = { kind: 'taken', by: 'alice', until: Date.now() + takenMs }
      const first = createMarks(mesh)
      await first.mark('a/secret#1', mark)
      expect(first.all().get('a/secret#1')).to.deep.equal(mark)
      const second = createMarks(mesh)
      const changed = new Promise<void>((resolve) => second.subscribe(resolve))
      second.watch(['a/secret#1', 'a/secret#2'])
      await changed
      expect([...second.all()]).to.deep.equal([['a/secret#1', mark]])
      await second.mark('a/secret#1', undefined)
      await second.mark('a/other#1', mark)
      const third = createMarks(mesh)
      const found = new Promise<void>((resolve) => third.subscribe(resolve))
      third.watch(['a/secret#1', 'a/other#1'])
      await found
      expect([...third.all()]).to.deep.equal([['a/other#1', mark]])
      for (const marks of [first, second, third]) marks.stop()
    })

    it('finds the mark of somebody who wrote the name of the repository in another case', async () => {
      const mark: Mark = { kind: 'taken', by: 'alice', until: Date.now() + takenMs }
      const [alice, bob] = [createMarks(mesh), createMarks(mesh)]
      await alice.mark('Octocat/Hello-World#1', mark)
      const found = new Promise<void>((resolve) => bob.subscribe(resolve))
      bob.watch(['octocat/hello-world#1'])
      await found
      expect([...bob.all()]).to.deep.equal([['octocat/hello-world#1', mark]])
      for (const marks of [alice, bob]) marks.stop()
    })

    it('watches what needs attention now, however much did before', async () => {
      const mark: Mark = { kind: 'snoozed', by: 'alice', until: Date.now() + dayMs }
      const other = createMarks(mesh)
      const asked = new Set<string>()
      let hasAskedFor: (count: number) => void = () => {}
      const marks = createMarks({
        ...{ set: mesh.set, delete: mesh.delete, addEventListener: mesh.addEventListener.bind(mesh) },
        get: (name, how) => {
          asked.add(name)
          hasAskedFor(asked.size)
          return mesh.get(name, how)
        }
      })
      const before = Array.from({ length: 250 }, (_, index) => `a/b#${index}`)
      const asksForMost = new Promise<void>((resolve) => {
        hasAskedFor = (count) => count === 200 && resolve()
      })
      marks.watch(before)
      await asksForMost
      await other.mark('a/b#1', mark)
      await other.mark('a/b#249', mark)
      await other.mark('a/b#1000', mark)
      const found = new Promise<void>((resolve) => marks.subscribe(() => marks.all().size === 2 && resolve()))
      marks.watch(['a/b#1000', ...before.slice(51)])
      await found
      expect([...marks.all().keys()]).to.have.members(['a/b#249', 'a/b#1000'])
      for (const one of [marks, other]) one.stop()
    })

    it('tells members no name of a repository', async () => {
      const names: string[] = []
      const marks = createMarks({
        ...{ get: mesh.get, delete: mesh.delete, addEventListener: mesh.addEventListener.bind(mesh) },
        set: (name, value, how) => {
          names.push(name, JSON.stringify(value))
          return mesh.set(name, value, how)
        }
      })
      await marks.mark('octocat/secret-plans#7', { kind: 'snoozed', by: 'alice', until: Date.now() + dayMs })
      expect(names.join(' ')).to.match(/^dashboard mark [0-9a-f]{64} /)
      expect(names.join(' ')).not.to.include('secret-plans')
      marks.stop()
    })
  })

  it('adds up savings by day: from the first look on, over restarts, and for a day only what is of that day', () => {
    const today = dayOf(now)
    let savings = addSavings(noSavings, { a: 100, b: 5 }, now, 'tab')
    expect(savings.days, 'what was before is of no known day').to.deep.equal({ [today]: 0 })
    savings = addSavings(savings, { a: 103, b: 7 }, now + 1, 'tab')
    savings = addSavings(savings, { b: 8 }, now + 2, 'tab')
    savings = addSavings(savings, { a: 2, b: 8, c: 1000 }, now + 3, 'tab')
    expect(savings.days).to.deep.equal({ [today]: 3 + 2 + 1 + 2 })
    const next = addSavings(savings, { a: 500, b: 9, c: 1001 }, now + dayMs, 'tab')
    expect(next.days).to.deep.equal({ [today]: 8, [dayOf(now + dayMs)]: 0 })
    const later = addSavings(next, { a: 501 }, now + dayMs + 1, 'tab')
    expect(later.days[dayOf(now + dayMs)]).to.equal(1)
    const after = addSavings(later, { c: 1100 }, now + 2 * dayMs, 'tab')
    expect(after.days[dayOf(now + 2 * dayMs)], 'of a member that was away since the day before').to.equal(0)
  })

  it('counts savings once, however many tabs look, and goes on when the one that counts is closed', () => {
    const today = dayOf(now)
    const second = 1000
    let savings = noSavings
    const look = (tab: string, total: number, seconds: number) => {
      savings = addSavings(savings, { server: total }, now + seconds * second, tab)
      return savings.days[today] ?? 0
    }
    look('leader', 100, 0)
    look('follower', 100, 1)
    expect(look('leader', 103, 2)).to.equal(3)
    // What a follower shows is a little older, and not from a member that was started again.
    expect(look('follower', 102, 3)).to.equal(3)
    expect(look('leader', 104, 4)).to.equal(4)
    expect(look('follower', 104, 5)).to.equal(4)
    expect(look('follower', 106, 11), 'the other tab is closed').to.equal(6)
    expect(look('third', 105, 20), 'an older figure is not taken over').to.equal(6)
    expect(look('follower', 2, 22), 'the member was started again').to.equal(8)
    expect(look('third', 1, 400), 'and once more while no tab was open').to.equal(9)
    expect(look('third', 4, 402)).to.equal(12)
  })

  it('goes on counting savings in another tab after the clock was set back', () => {
    const hourMs = 3_600_000
    let savings = addSavings(noSavings, { server: 10 }, now + 3 * hourMs, 'first')
    savings = addSavings(savings, { server: 20 }, now + 3 * hourMs + 2000, 'first')
    savings = addSavings(savings, { server: 21 }, now, 'reloaded')
    savings = addSavings(savings, { server: 25 }, now + 2000, 'reloaded')
    expect(savings.days).to.deep.equal({ [dayOf(now)]: 15 })
  })

  it('never counts more than a member saved, in tabs that come and go and hear of it one after the other', () => {
    const step = fc.record({
      gain: fc.nat(3),
      isRestart: fc.nat(9).map((one) => one === 0),
      looks: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())
    })
    const lags = fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), lags, (steps, lagOf) => {
        let savings = noSavings
        let saved = 0
        const totals: number[] = []
        for (const [second, { gain, isRestart, looks }] of steps.entries()) {
          saved += gain
          totals.push((isRestart ? 0 : (totals.at(-1) ?? 0)) + gain)
          for (const [tab, isLooking] of looks.entries()) {
            const server = totals[second - (lagOf[tab] ?? 0)]
            if (isLooking && server !== undefined)
              savings = addSavings(savings, { server }, now + second * 1000, `tab ${tab}`)
          }
        }
        return (savings.days[dayOf(now)] ?? 0) <= saved
      })
    )
  })

  it('keeps the days that were counted by a page of before', () => {
    const days = { [dayOf(now)]: 7 }
    expect(savingsIn(JSON.stringify({ days, at: now, totals: { a: 1 } })).days).to.deep.equal(days)
  })

  it('never loses or invents savings, keeps two weeks, and is bounded', () => {
    const looks = fc.array(fc.dictionary(fc.string(), fc.nat(1000)), { maxLength: 40 })
    fc.assert(
      fc.property(looks, (all) => {
        let savings = noSavings
        for (const [index, totals] of all.entries()) {
          const before = savings
          savings = addSavings(savings, totals, now + index * dayMs * 0.4, `tab ${index % 3}`)
          const sum = ({ days }: typeof savings) => Object.values(days).reduce((total, one) => total + one, 0)
          const added = Object.values(totals).reduce((total, one) => total + one, 0)
          if (Object.keys(savings.days).length > 14) return false
          if (sum(savings) > sum(before) + added) return false
          expect(savingsIn(JSON.stringify(savings))).to.deep.equal(savings)
        }
        return true
      })
    )
    for (const wrong of ['', '[]', '{"days":{"a":"x"},"members":{}}', 'null', '{"days":[1]}']) {
      expect(savingsIn(wrong), wrong).to.deep.equal(noSavings)
    }
  })

  it('says in words what an address of the API is', () => {
    const at = (path: string) => thingAt(`https://api.github.com/repos/octo-org/website${path}`)
    expect(at('/pulls?state=open')).to.equal('pull requests of octo-org/website')
    expect(at('/commits/0123abc/check-runs')).to.equal('checks of a commit of octo-org/website')
    expect(at('/readme')).to.equal('octo-org/website/readme')
    expect(thingAt('https://host.example/api/v3/user')).to.equal('/user')
    expect(thingAt('dashboard mark 00')).to.equal('a shared note')
  })
})
