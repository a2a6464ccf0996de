import { join } from 'node:path'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { world } from './world.ts'

const repository = 'octocat/Hello-World'
const ofRepository = `/repos/${repository}`
const resources = [
  ofRepository,
  ...['labels', 'languages', 'contributors', 'topics', 'license', 'readme', 'branches', 'branches/main'],
  ...['tags', 'milestones', 'releases/latest', 'commits', 'commits/main', 'git/trees/main', 'contents/README.md'],
  ...['actions/runs', 'issues', 'issues?state=closed', 'pulls', 'pulls?state=all', 'deployments'],
  ...Array.from({ length: 12 }, (_, n) => `issues/${n + 1}`)
].map((path) => (path.startsWith('/') ? path : `${ofRepository}/${path}`))
resources.push('/users/octocat', '/emojis', '/meta', '/licenses', '/gitignore/templates', '/users/alice')
const alice = 'sim-token-alice'

/** Another order each time; which one it was stands in the message of a failure. */
function shuffled(paths: readonly string[]): string[] {
  const left = [...paths]
  return paths.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] as string)
}

describe('one call for all', function () {
  this.timeout(180_000)
  const here = world(['a', 'b', 'c'])

  // README: "Whatever one member fetches,"
  it('three gh and two Octokit scripts on three laptops, forty resources each in any order: each is fetched once', async () => {
    expect(new Set(resources).size).to.equal(40)
    const secret = createSecret()
    const laptop = (port: number) => ({
      GITHUB_API_URL: here.github.url,
      GITHUB_REPOSITORY: repository,
      CACHE_P2P_SHARED_SECRET: secret,
      CACHE_LISTEN_PORT: String(port),
      IPFS_ACCELERATE_CACHE_DIR: here.lab.folder('cache'),
      XDG_CACHE_HOME: here.lab.folder('run'),
      GH_CONFIG_DIR: here.lab.folder('gh'),
      GHMESH_MDNS: '0',
      GH_TOKEN: alice
    })
    const places = { a: laptop(9100), b: laptop(9100), c: laptop(9100) }
    const proxies = Object.entries(places).map(([machine, env]) =>
      here.lab.ghmesh(machine, ['proxy', '--gh', '--port', '8080'], env)
    )
    await Promise.all(proxies.map(({ said }) => said(/^listening on /m)))
    const connected = async (machine: keyof typeof places) => {
      const stats = await here.lab.start(machine, 'curl', ['-s', 'http://127.0.0.1:8080/ghmesh/stats']).ended
      return JSON.parse(stats.stdout).peers.length === 2
    }
    for (const machine of ['a', 'b', 'c'] as const) while (!(await connected(machine)));
    here.github.clearCalls()

    const orders: string[][] = []
    const order = () => orders[orders.push(shuffled(resources)) - 1] as string[]
    const gh = (machine: keyof typeof places) =>
      here.lab.start(
        machine,
        'sh',
        ['-c', 'for path; do gh api "$path" > /dev/null || exit 1; done; echo 40 came', 'sh', ...order()],
        places[machine]
      )
    const octokit = (machine: keyof typeof places, baseUrl?: string) =>
      here.lab.start(machine, process.execPath, [script, JSON.stringify({ baseUrl, paths: order() })], {
        ...places[machine],
        CACHE_LISTEN_PORT: '9101',
        IPFS_ACCELERATE_CACHE_DIR: here.lab.folder('own')
      })
    for (const run of [
      () => gh('a'),
      () => octokit('b', 'http://127.0.0.1:8080'),
      () => gh('c'),
      () => octokit('a'),
      () => gh('b')
    ]) {
      const { code, stdout, stderr } = await run().ended
      expect([code, stdout], stderr).to.deep.equal([0, '40 came\n'])
    }

    // Whether a repository is public is asked by its name in small letters.
    const same = (url: string, path: string) => url.toLowerCase() === path.toLowerCase()
    const asked = here.github.calls.filter(({ url }) => resources.some((path) => same(url, path)))
    const counts = Object.fromEntries(
      resources.map((path) => [path, asked.filter(({ url, status }) => status === 200 && same(url, path)).length])
    )
    expect(counts, JSON.stringify(orders)).to.deep.equal(Object.fromEntries(resources.map((path) => [path, 1])))
    expect(asked.reduce((sum, { units }) => sum + units, 0)).to.equal(40)
  })

  it('never printed a token', () => {
    expect(here.lab.printed()).to.not.contain(alice)
  })
})

const script = join(import.meta.dirname, 'machines/octokit.mjs')
