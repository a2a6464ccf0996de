// Asks for paths, one after the other, by Octokit: of a proxy (`baseUrl`), or as a member of its own. Prints how many came.
import { Octokit } from '@octokit/core'
import { createMesh } from 'ghmesh'

const { baseUrl, paths } = JSON.parse(process.argv[2])
const mesh = baseUrl ? undefined : await createMesh({ limits: { dialMs: 300, membersBudgetMs: 5000 } })
if (mesh && mesh.peers().length === 0)
  await new Promise((resolve) => mesh.addEventListener('peer:connect', resolve, { once: true }))
const octokit = new Octokit({
  auth: process.env.GH_TOKEN,
  baseUrl: baseUrl ?? process.env.GITHUB_API_URL,
  ...(mesh && { request: { fetch: mesh.fetch } })
})
let came = 0
for (const path of paths) if ((await octokit.request(`GET ${path}`)).status === 200) came++
await mesh?.stop()
console.log(`${came} came`)
