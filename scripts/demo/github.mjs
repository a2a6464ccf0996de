// The simulator in a process of its own; its call log goes to the demo on request.
import { startGitHub } from '@ghmesh/github-sim'

// Two people who may do the same, so that GitHub shows both the same repository.
const tokens = { 'sim-token-alice': { login: 'alice' }, 'sim-token-bob': { login: 'bob' } }
const repositories = [{ fullName: 'octocat/Hello-World', issues: 1000, pulls: 0 }]
const github = await startGitHub({ tokens, repositories, latencyMs: 20 })
process.send({ url: github.url })
process.on('message', () =>
  process.send({ calls: github.calls.map(({ login, status, units }) => ({ login, status, units })) })
)
process.on('disconnect', () => github.stop())
