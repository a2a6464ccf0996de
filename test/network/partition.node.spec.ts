import { join } from 'node:path'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { type Running, root } from '../support/commands.ts'
import { world } from './world.ts'

const issue = (n: number) => `/repos/octocat/Hello-World/issues/${n}`
const script = join(root, 'test/network/machines/member.mjs')

describe('a group whose network is cut in two', function () {
  this.timeout(240_000)
  const here = world(['a', 'b'])
  const secret = createSecret()

  /** A member on a machine, and what it says. */
  async function member(machine: string, name: string, listenPort: number, bootstrap: string[] = []) {
    const options = {
      secret,
      name,
      listenPort,
      bootstrap,
      mdns: false,
      apiUrl: here.github.url,
      token: 'sim-token-alice',
      cacheDir: here.lab.folder(name),
      // What a purge misses stays wrong for so long.
      ttlMs: 3_600_000
    }
    const running = here.lab.start(machine, process.execPath, [script, JSON.stringify(options)], {})
    await running.said(/"type":"ready"/)
    const [address = ''] = /\/ip4\/10\.77\.0\.\d+\/tcp\/\d+\/p2p\/\w+/.exec(running.printed()) ?? []
    const tell = (...command: unknown[]) => running.child.stdin?.write(`${JSON.stringify(command)}\n`)
    const lines = (type: string) => lastOf(running, type)
    let asked = 0
    return {
      name,
      address,
      peerId: address.slice(address.lastIndexOf('/') + 1),
      running,
      said: running.said,
      lines,
      tell,
      /** Does something; resolves to what came of it. */
      async does(...command: unknown[]) {
        asked++
        tell(...command)
        await running.said(new RegExp(`(?:"type":"done"[\\s\\S]*?){${asked}}`))
        return lines('done').at(-1)
      }
    }
  }

  it('goes on on both sides, and is one again when it is mended: what was purged counts everywhere', async () => {
    const a = await member('a', 'a', 9100)
    const near = await member('a', 'near', 9101, [a.address])
    const far = await member('b', 'far', 9100, [a.address, near.address])
    const all = [a, near, far]
    const met = (one: typeof a, other: typeof a, times = 1) =>
      one.said(new RegExp(`(?:"type":"peer:connect"[^\\n]*"${other.peerId}"[\\s\\S]*?){${times}}`))
    for (const one of all) for (const other of all) if (one !== other) await met(one, other)

    await a.does('fetch', here.github.url + issue(1))
    // Before that, one that asks waits for a second, and then asks GitHub itself.
    await Promise.all([near, far].map((one) => one.said(/"type":"received"[^\n]*\/issues\/1"/)))
    for (const other of [near, far])
      expect((await other.does('fetch', here.github.url + issue(1))).cacheStatus).to.match(/^ghmesh; hit/)

    here.lab.part('a', 'b')
    const title = 'written while the network was cut'
    expect(await a.does('write', here.github.url + issue(1), { title })).to.include({ status: 200 })
    await near.said(/"type":"purged"/)
    expect(await near.does('fetch', here.github.url + issue(1))).to.include({ title })
    // Neither side has noticed yet, and each answers what only the other might hold.
    for (const answer of await Promise.all(all.map((one, i) => one.does('fetch', here.github.url + issue(2 + i)))))
      expect(answer).to.include({ status: 200 })
    for (const one of all) expect(one.lines('peer:disconnect'), one.name).to.deep.equal([])
    expect((await far.does('fetch', here.github.url + issue(1))).title, 'nobody could tell it').to.not.equal(title)

    await Promise.all([
      far.said(/"peer:disconnect"[\s\S]*"peer:disconnect"/),
      ...[a, near].map((one) => one.said(/"peer:disconnect"/))
    ])
    await near.does('purge', 'octocat/Hello-World')
    expect(await far.does('fetch', here.github.url + issue(6))).to.include({ status: 200 })
    expect(await a.does('fetch', here.github.url + issue(7))).to.include({ status: 200 })
    expect(far.lines('purged'), 'nobody could tell it').to.deep.equal([])

    here.lab.join('a', 'b')
    await Promise.all([met(far, a, 2), met(far, near, 2), met(a, far, 2), met(near, far, 2)])
    await far.said(/"type":"purged"[^\n]*"target":"octocat\/hello-world"/)
    expect((await far.does('fetch', here.github.url + issue(1))).title).to.equal(title)
    await far.does('set', 'together', true)
    await Promise.all([a, near].map((one) => one.said(/"type":"received"[^\n]*"together"|"together"[^\n]*"received"/)))
    for (const { running } of all) running.child.stdin?.end(`${JSON.stringify(['stop'])}\n`)
    expect((await Promise.all(all.map(({ running }) => running.ended))).map(({ code }) => code)).to.deep.equal([
      0, 0, 0
    ])
  })
})

/** What a member has said of a kind. */
// biome-ignore lint/suspicious/noExplicitAny: lines of JSON; each test looks at a field or two
const lastOf = (running: Running, type: string): any[] =>
  running
    .printed()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.type === type)
