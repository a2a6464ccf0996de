import { expect } from 'chai'
import { createTargets, type Target } from '../ports/targets.ts'
import { attacks } from './attacks.ts'
import { createLiar } from './liar.ts'

/** Requests that the honest member answers under each attack: as many new ones as ones that it has. */
const requests = 30

/**
 * One member with the secret does its worst. What honest members answer is looked at; how long it takes and how long they
 * stand still is measured and printed, for a machine's time proves nothing.
 */
describe('an honest member, while another one attacks [long]', () => {
  const targets = createTargets()
  const measured: { attack: string; 'worst answer, ms': number; 'longest pause, ms': number }[] = []
  after(() => console.table(measured))

  async function ask(member: Target, command: unknown[]): Promise<Record<string, unknown>> {
    const before = member.process.printed().length
    member.process.child.stdin?.write(`${JSON.stringify(command)}\n`)
    const done = new RegExp(`^[^]{${before}}[^]*?^(\\{"type":"done","command":"${command[0]}".*\\})$`, 'm')
    await member.process.said(done)
    return JSON.parse(done.exec(member.process.printed())?.[1] as string)
  }

  for (const { name, run } of attacks) {
    // README: "Never worse than plain fetch."
    it(`with ${name}: is right, and answers all`, async () => {
      const member = await targets.member({ limits: {} })
      const peerId = /\/p2p\/(\w+)$/.exec(member.addresses[0] as string)?.[1] as string
      const liar = await createLiar(targets.secret)
      let over = false
      try {
        await liar.join(member.addresses[0] as string)
        await ask(member, ['pause'])
        const attacking = run(liar, { peerId, apiUrl: targets.github.url }, () => over)
        let worst = 0
        for (let n = 0; n < requests; n++) {
          const path = `/repos/octocat/hello-world/issues/${1 + (n >> 1)}`
          const { status, bytes, ms } = await ask(member, ['fetch', targets.github.url + path])
          const own = await (
            await fetch(targets.github.url + path, { headers: { authorization: 'Bearer sim-token-bob' } })
          ).arrayBuffer()
          expect({ status, bytes }).to.deep.equal({ status: 200, bytes: own.byteLength })
          worst = Math.max(worst, ms as number)
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
        const { ms: pause } = await ask(member, ['pause'])
        over = true
        await attacking
        measured.push({
          attack: name,
          'worst answer, ms': Math.round(worst),
          'longest pause, ms': Math.round(pause as number)
        })
      } finally {
        over = true
        await liar.stop()
        member.process.child.kill()
        await member.process.ended
      }
    })
  }
})
