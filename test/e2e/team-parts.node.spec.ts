import { expect } from 'chai'
import * as fc from 'fast-check'
import { createMesh, type Mesh, memoryStore } from 'ghmesh'
import type { AttentionItem } from '../../examples/dashboard/src/board/attention.ts'
import { divide, keysOf, newAmong } from '../../examples/dashboard/src/board/set-aside.ts'
import { thingAt } from '../../examples/dashboard/src/mesh/events-for-people.ts'
import { createMarks, type Mark, markIn, takenMs } from '../../examples/dashboard/src/mesh/marks.ts'
import { addSavings, dayOf, noSavings, savingsIn } from '../../examples/dashboard/src/mesh/savings.ts'

const now = new Date(2026, 10, 27, 12).getTime()
const dayMs = 86_400_000
const item = (key: string, reason: AttentionItem['reason'] = 'waiting'): AttentionItem => ({
  ...{ key, reason, title: key, url: undefined, about: '' }
})

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
    const before = keysOf([item('a/b#1'), item('a/b#2')])
    const found = newAmong([item('a/b#1'), item('a/b#2', 'ready'), item('a/b#3')], before)
    expect(found.map(({ key }) => key)).to.deep.equal(['a/b#2', 'a/b#3'])
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
    let savings = addSavings(noSavings, { a: 100, b: 5 }, now)
    expect(savings.days, 'what was before is of no known day').to.deep.equal({ [today]: 0 })
    savings = addSavings(savings, { a: 103, b: 7 }, now + 1)
    savings = addSavings(savings, { b: 8 }, now + 2)
    savings = addSavings(savings, { a: 2, b: 8, c: 1000 }, now + 3)
    expect(savings.days).to.deep.equal({ [today]: 3 + 2 + 1 + 2 })
    const next = addSavings(savings, { a: 500, b: 9, c: 1001 }, now + dayMs)
    expect(next.days).to.deep.equal({ [today]: 8, [dayOf(now + dayMs)]: 0 })
    expect(addSavings(next, { a: 501 }, now + dayMs + 1).days[dayOf(now + dayMs)]).to.equal(1)
  })

  it('never loses or invents savings, keeps two weeks, and is bounded', () => {
    const looks = fc.array(fc.dictionary(fc.string(), fc.nat(1000)), { maxLength: 40 })
    fc.assert(
      fc.property(looks, (all) => {
        let savings = noSavings
        for (const [index, totals] of all.entries()) {
          const before = savings
          savings = addSavings(savings, totals, now + index * dayMs * 0.4)
          const sum = ({ days }: typeof savings) => Object.values(days).reduce((total, one) => total + one, 0)
          const added = Object.values(totals).reduce((total, one) => total + one, 0)
          if (Object.keys(savings.days).length > 14) return false
          if (sum(savings) > sum(before) + added) return false
          expect(savingsIn(JSON.stringify(savings))).to.deep.equal(savings)
        }
        return true
      })
    )
    for (const wrong of ['', '[]', '{"days":{"a":"x"},"totals":{},"at":1}', 'null', '{"days":[1]}']) {
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
