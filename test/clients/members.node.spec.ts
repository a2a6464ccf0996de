import { join } from 'node:path'
import type { Call, GitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret, type MeshStats, type Peer } from 'ghmesh'
import { createCommands } from '../support/commands.ts'
import { ghReads, httpClients, libraries, runGh } from './clients.ts'
import { essence, placesIn } from './compare.ts'
import { reads } from './steps.ts'
import { token as alice, has, plainSocket, repository, startProxy, startWorld } from './world.ts'

const bob = 'sim-token-bob'
/** GitHub lets clients take an answer for current for 60 s. */
const pastFreshMs = 61_000

const commands = createCommands()
after(() => commands.end())

interface Place {
  base: string
  /** Given where there is one; a client without a proxy that needs one gets one that leads to GitHub. */
  socket?: string
}
/** What a client saw of everything it reads, by step. */
type Seen = Record<string, unknown>
type Read = (github: GitHub, place: Place, token: string) => Promise<Seen>

// Members have no part in these, which take their time.
const steps = reads.filter(({ path }) => !/\/(silent|large|broken)$/.test(path))

const byHttp =
  (run: (typeof httpClients)[number][2]): Read =>
  async (github, { base }, token) => {
    const results = await run({ base, token, steps, timeoutSeconds: 60 })
    const places = placesIn(github, base)
    return Object.fromEntries(steps.map(({ name }, i) => [name, essence(results[i] ?? {}, places, true)]))
  }

const byLibrary =
  (run: (typeof libraries)[number][2]): Read =>
  (github, { base }, token) =>
    run(github, { base, token, readsOnly: true })

const byGh: Read = async (github, { socket }, token) => {
  const config = commands.folder('gh')
  const places = placesIn(github, github.url)
  const run = async (path: string) => {
    const seen = await runGh(ghReads, { config, socket: path, token, places })
    return Object.fromEntries(ghReads.map((args, i) => [args.join(' '), seen[i]]))
  }
  if (socket !== undefined) return run(socket)
  const path = join(commands.folder('s'), 'plain')
  const server = await plainSocket(path, github)
  return run(path).finally(() => server.close())
}

/** Clients, what they need, how they read, and the options of the proxy that they need. */
const all: [name: string, needs: string, read: Read, flags: string[]][] = [
  ...httpClients.map(([name, needs, run]): (typeof all)[number] => [name, needs, byHttp(run), []]),
  ...libraries.map(([name, needs, run, flags]): (typeof all)[number] => [name, needs, byLibrary(run), flags]),
  ['gh', 'gh', byGh, []]
]

/** Two proxies of one group in front of one GitHub. */
async function startPair(github: GitHub, flags: string[]) {
  const group = {
    CACHE_P2P_SHARED_SECRET: createSecret(),
    IPFS_ACCELERATE_P2P_CACHE_DIR: commands.folder('peers'),
    IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
    CACHE_LISTEN_PORT: '0'
  }
  const start = (name: string) => startProxy(commands, github, flags, { ...group, RUNNER_NAME: name })
  const [first, second] = [await start('first'), await start('second')]
  return { first, second, end: () => Promise.all([first.stop(), second.stop()]) }
}

const figuresOf = async ({ base }: Place): Promise<{ stats: MeshStats; peers: Peer[] }> =>
  (await fetch(`${base}/ghmesh/stats`)).json()

const ask = async (url: string, token: string, init: RequestInit = {}): Promise<void> => {
  const answer = await fetch(url, { ...init, headers: { ...init.headers, authorization: `token ${token}` } })
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
  await answer.body?.cancel()
}

/** Something happens at GitHub that no member hears of. */
async function changeIssues({ url }: GitHub): Promise<void> {
  const issues = `${url}${repository}/issues`
  await ask(`${issues}/1`, alice, { method: 'PATCH', body: '{"title":"Other"}' })
  await ask(issues, alice, { method: 'POST', body: '{"title":"New"}' })
}

/** Until each has heard the other's name: then they hear and ask each other. */
async function together(...places: Place[]): Promise<void> {
  for (const place of places) while (!(await figuresOf(place)).peers.some(({ name }) => name !== undefined));
}

/** What members share and plain fetch pays for. octokit.rb asks for labels by a URL of a body, which leads past the proxy. */
const shared =
  /^\/repos(itories)?\/(octocat\/Hello-World|\d+)\/(issues|pulls|commits|branches|tags|contents|readme|git|languages|topics|releases\/latest|actions\/runs)(?!.*\/logs)/i
/** Of those that are asked for here. */
const fullPage = /\/(issues\/comments|commits|pulls)\?.*\bpage=\d/
const paidFor = (calls: readonly Call[]) =>
  calls.filter(({ url, status }) => shared.test(url) && status === 200).map(({ url }) => url)

for (const [name, needs, read, flags] of all) {
  describe(`${name} at a second member, when the first has asked for everything`, () => {
    /** Each time: what the client saw, what GitHub was asked, and the second member's figures then. */
    const times = new Map<string, { seen: Seen; calls: readonly Call[]; stats: MeshStats }>()
    let stop = async (): Promise<unknown> => undefined

    before(async function () {
      if (!has(needs)) return this.skip()
      let aheadMs = 0
      const github = await startWorld(0, () => Date.now() + aheadMs)
      const { first, second, end } = await startPair(github, flags)
      stop = () => end().finally(() => github.stop())
      await together(first, second)
      const time = async (what: string, place: Place, token: string) => {
        github.clearCalls()
        const seen = await read(github, place, token)
        times.set(what, { seen, calls: [...github.calls], stats: (await figuresOf(second)).stats })
      }
      await time('as alice, plain', { base: github.url }, alice)
      await time('as bob, plain', { base: github.url }, bob)
      await time('as alice, at the first', first, alice)
      await time('as bob', second, bob)
      await time('as alice', second, alice)
      await changeIssues(github)
      aheadMs = pastFreshMs
      // From this answer it knows the time.
      await ask(`${second.base}/meta`, alice, { headers: { 'cache-control': 'no-cache' } })
      await time('as bob, later, plain', { base: github.url }, bob)
      await time('as bob, later', second, bob)
    })
    after(() => stop())

    const at = (what: string) => times.get(what) as { seen: Seen; calls: readonly Call[]; stats: MeshStats }
    for (const what of ['as bob', 'as alice', 'as bob, later']) {
      // README: "Never a wrong answer"
      it(`${what}: it sees what it sees without a proxy`, () => {
        const [through, plainly] = [at(what).seen, at(`${what}, plain`).seen]
        expect(Object.keys(plainly).length).to.be.at.least(10)
        for (const [step, value] of Object.entries(plainly)) expect(through[step], step).to.deep.equal(value)
      })
    }

    it('GitHub was not asked for what the first had', () => {
      expect(paidFor(at('as bob, plain').calls).length).to.be.above(5)
      for (const what of ['as bob', 'as alice']) {
        // One answer in fifty is asked of GitHub all the same, and of a last page that is full no ETag tells whether it still is.
        expect(
          paidFor(at(what).calls).filter((url) => !fullPage.test(url)),
          what
        ).to.deep.equal([])
        // A 304 costs nothing.
        const paid = at(what).calls.filter(({ status }) => status !== 304)
        expect(paid.length).to.be.below(at(`${what}, plain`).calls.length / 2)
      }
      expect(at('as bob').stats.peerHits).to.be.at.least(10)
      expect(at('as alice').stats.peerHits).to.be.at.least(20)
    })

    it('and later for what has changed, and for a last page that is full; of the rest only whether it is current', () => {
      const { calls } = at('as bob, later')
      expect(at('as bob, later, plain').seen).to.not.deep.equal(at('as bob, plain').seen)
      // A pull request shows how many issues its repository has.
      expect(paidFor(calls).filter((url) => !/\/(?:issues|pulls)/.test(url) && !fullPage.test(url))).to.deep.equal([])
      expect(calls.filter(({ url, status }) => shared.test(url) && status === 304)).to.not.be.empty
    })
  })
}
