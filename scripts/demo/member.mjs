// A program that reads a repository through Octokit, with ghmesh as its fetch. Everything else comes from the environment.
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { createMesh } from 'ghmesh'

// Now and then a member's answer is checked with GitHub, at no cost; by chance, so that no two tables would be the same. And a slow machine is no
// reason to ask GitHub.
const mesh = await createMesh({ limits: { auditOneIn: Number.MAX_SAFE_INTEGER, membersBudgetMs: 5000 } })
const Client = Octokit.plugin(paginateRest)
const octokit = new Client({
  auth: process.env.GH_TOKEN,
  baseUrl: process.env.GITHUB_API_URL,
  request: { fetch: mesh.fetch }
})

mesh.addEventListener('peer:connect', () => process.send({ connected: mesh.peers().length }))
process.send({ peerId: mesh.peerId })

process.on('message', async () => {
  const since = performance.now()
  const target = { owner: 'octocat', repo: 'Hello-World' }
  const { data } = await octokit.request('GET /repos/{owner}/{repo}', target)
  const issues = await octokit.paginate('GET /repos/{owner}/{repo}/issues', { ...target, state: 'all', per_page: 100 })
  const ms = Math.round(performance.now() - since)
  process.send({ repository: data.full_name, issues: issues.length, ms, stats: mesh.stats() })
})
process.on('disconnect', () => mesh.stop())
