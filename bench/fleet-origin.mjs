// The simulator in a process of its own, 100 ms away, with resources that change: what the fleet reads.
import { startGitHub } from '@ghmesh/github-sim'
import { owner, resources, seeded, zipf } from './fleet-trace.mjs'

const github = await startGitHub({ secondaryLimits: false })
const names = [...new Set(resources.map((path) => path.split('/').slice(2, 4).join('/')))]
for (const fullName of names) github.addRepository({ fullName, issues: 9, pulls: 0, commits: 1 })
let changing
/** When each resource changed, by path. */
const changes = new Map()

const changesUntil = (path, at) => (changes.get(path) ?? []).filter((changedAt) => changedAt <= at).length

const commands = {
  /** So many tokens, of two classes: half of them may push. */
  tokens({ count }) {
    for (let i = 0; i < count; i++) {
      const permissions = Object.fromEntries(names.map((name) => [name, i % 2 ? 'push' : 'pull']))
      github.addToken(`fleet-token-${i}`, { login: `member-${i}`, limit: 1_000_000, permissions })
    }
  },
  begin({ latencyMs, changesPerSecond }) {
    github.clearCalls()
    github.setLatency(latencyMs)
    const random = seeded(5)
    const next = zipf(random)
    clearInterval(changing)
    changes.clear()
    changing = setInterval(() => {
      const path = next()
      const [, , , name, , number] = path.split('/')
      if (!number) return
      github.repository(`${owner}/${name}`).editIssue(Number(number), { title: `changed ${random()}` })
      changes.set(path, [...(changes.get(path) ?? []), Date.now()])
    }, 1000 / changesPerSecond)
  },
  /** What it cost until now; from now on it counts anew, and what is held until now stays held. */
  count() {
    const cost = costOf(github.calls)
    github.clearCalls()
    return cost
  },
  end() {
    clearInterval(changing)
    return costOf(github.calls)
  }
}

function costOf(calls) {
  const byStatus = {}
  const versions = new Set()
  for (const { status, path, login, at } of calls) {
    byStatus[status] = (byStatus[status] ?? 0) + 1
    // Of an issue all see the same; of a repository each of the two classes its own.
    const seen = path.includes('/issues') ? changesUntil(path, at) : Number(login.split('-')[1]) % 2
    if (status === 200) versions.add(`${path.toLowerCase()} ${seen}`)
  }
  return {
    calls: calls.length,
    byStatus,
    units: calls.reduce((sum, { units }) => sum + units, 0),
    versions: versions.size
  }
}

process.on('message', ({ id, command, ...args }) => process.send({ id, value: commands[command](args) ?? null }))
process.send({ url: github.url })
