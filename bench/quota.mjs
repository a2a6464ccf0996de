// Units of GitHub's rate limit that classic mixes of requests cost, beside plain fetch. `npm run bench:quota`. `--json`: one document.
import { startGitHub } from '@ghmesh/github-sim'
import { createMesh, memoryHub, memoryStore, memoryTransport } from 'ghmesh'

const minuteMs = 60_000
const names = Array.from({ length: 40 }, (_, n) => `bench/tool-${n}`)
const tokens = ['token-one', 'token-two', 'token-three']
const secret = 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE'

/** One mix: members are made by `member(options)`, and time passes by `pass(ms)`. */
async function measure(run) {
  let now = Date.UTC(2026, 3, 1)
  const github = await startGitHub({
    now: () => now,
    secondaryLimits: false,
    repositories: names.map((fullName) => ({ fullName, issues: 3 })),
    tokens: Object.fromEntries(tokens.map((token) => [token, { login: token }]))
  })
  const hub = memoryHub()
  const made = []
  let plain = 0
  const world = {
    github,
    pass: (ms) => {
      now += ms
    },
    async member(options = {}) {
      const mesh = await createMesh({
        apiUrl: github.url,
        name: `member ${made.length}`,
        token: tokens[0],
        store: memoryStore(),
        transport: memoryTransport(hub),
        discovery: [],
        now: () => now,
        logger: { debug() {}, info() {}, warn() {}, error: console.error },
        ...options,
        // Whatever the environment says: without a secret of its own it is alone.
        ...(options.secret === undefined && { networking: false })
      })
      made.push(mesh)
      return {
        mesh,
        async get(path, token) {
          plain++
          const headers = token === undefined ? {} : { authorization: `token ${token}` }
          const response = await mesh.fetch(github.url + path, { headers })
          await response.arrayBuffer()
          if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
        }
      }
    }
  }
  try {
    await run(world)
    await Promise.all(made.map((mesh) => mesh.stop()))
    return { plain, units: github.units(), calls: github.calls.length }
  } finally {
    await github.stop()
  }
}

const mixes = {
  '40 repositories, read once, alone': async ({ member }) => {
    const a = await member()
    for (const name of names) await a.get(`/repos/${name}/labels`)
  },
  '40 repositories, read once, alone, in a group': async ({ member }) => {
    const a = await member({ secret })
    for (const name of names) await a.get(`/repos/${name}/labels`)
  },
  '40 repositories, read by two tokens of one process': async ({ member }) => {
    const a = await member()
    for (const token of tokens.slice(0, 2)) for (const name of names) await a.get(`/repos/${name}/labels`, token)
  },
  '4 repository objects that change, three tokens': async ({ member, github, pass }) => {
    const a = await member()
    const all = async () => {
      for (const name of names.slice(0, 4)) for (const token of tokens) await a.get(`/repos/${name}`, token)
    }
    await all()
    for (const name of names.slice(0, 4)) github.repository(name).update({ description: 'changed' })
    pass(2 * minuteMs)
    await all()
  },
  '40 empty lists, never seen': async ({ member, github }) => {
    for (const name of names) github.setBody(`/repositories/${github.repository(name).id}/milestones`, [])
    const a = await member()
    await a.get(`/repos/${names[0]}/languages`)
    for (const name of names) await a.get(`/repos/${name}/milestones`)
  },
  '100 URLs of one repository, polled ten times': async ({ member, pass }) => {
    const a = await member()
    for (let round = 0; round < 10; round++) {
      for (let n = 1; n <= 100; n++) await a.get(`/repos/${names[0]}/issues?page=${n}`)
      pass(2 * minuteMs)
    }
  }
}

const rows = []
for (const [mix, run] of Object.entries(mixes)) rows.push({ mix, ...(await measure(run)) })
if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
else {
  console.log(`${'units of'.padEnd(54)}${['plain fetch', 'ghmesh', 'calls'].map((of) => of.padStart(12)).join('')}`)
  for (const { mix, plain, units, calls } of rows)
    console.log(`${mix.padEnd(54)}${[plain, units, calls].map((n) => String(n).padStart(12)).join('')}`)
}
