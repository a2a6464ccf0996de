import { expect } from 'chai'
import { as, type Member, repo, scene, until } from './members.ts'

const issues = `${repo}/issues`

describe('leases', () => {
  const s = scene()

  /** So many members, all connected to each other, who know of each other that they grant leases. */
  async function fleet(size: number): Promise<Member[]> {
    const members: Member[] = []
    for (let i = 0; i < size; i++) {
      const member = await s.member()
      for (const other of members) await s.connect(other, member)
      members.push(member)
    }
    await until(
      () => members.every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === size),
      'everybody has heard of everybody'
    )
    return members
  }

  for (const size of [2, 10, 50]) {
    it(`${size} members that ask for one cold key at once cost one call, and all are answered`, async function () {
      this.timeout(60_000)
      const members = await fleet(size)
      const bodies = await Promise.all(members.map(async ({ ask }) => (await ask(issues)).text()))
      expect(new Set(bodies).size).to.equal(1)
      expect(s.github.calls.filter(({ path }) => path.endsWith('/issues')).map(({ status }) => status)).to.deep.equal([
        200
      ])
    })
  }
})
