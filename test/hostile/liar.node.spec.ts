import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
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

  /** Reads what the member prints line by line: it tells of all that it is flooded with, and this process has more to do. */
  function askedBy({ process: { child, ended } }: Target) {
    const lines = createInterface(child.stdout as Readable)
    return (command: unknown[]) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const look = (line: string) => {
          if (!line.startsWith(`{"type":"done","command":"${command[0]}"`)) return
          lines.off('line', look)
          resolve(JSON.parse(line))
        }
        lines.on('line', look)
        void ended.then(({ code, stderr }) => reject(new Error(`ended with ${code} before it answered:\n${stderr}`)))
        child.stdin?.write(`${JSON.stringify(command)}\n`)
      })
  }

  for (const { name, run } of attacks) {
    // README: "Never worse than plain fetch."
    it(`with ${name}: is right, and answers all`, async () => {
      const member = await targets.member({ limits: {} })
      const address = member.addresses[0] as string
      const peerId = /\/p2p\/(\w+)$/.exec(address)?.[1] as string
      const ask = askedBy(member)
      const liar = await createLiar(targets.secret)
      let over = false
      try {
        await liar.join(address)
        await ask(['pause'])
        const attacking = run(liar, { peerId, address, apiUrl: targets.github.url }, () => over)
        let worst = 0
        for (let n = 0; n < requests; n++) {
          const path = `/repos/octocat/hello-world/issues/${1 + (n >> 1)}`
          const { status, bytes, ms } = await ask(['fetch', targets.github.url + path])
          const own = await (
            await fetch(targets.github.url + path, { headers: { authorization: 'Bearer sim-token-bob' } })
          ).arrayBuffer()
          expect({ status, bytes }).to.deep.equal({ status: 200, bytes: own.byteLength })
          worst = Math.max(worst, ms as number)
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
        const { ms: pause } = await ask(['pause'])
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
