// All open pull requests of a repository through Octokit, page by page: see README.md.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { createMesh } from 'ghmesh'

const [repository = 'octocat/Hello-World', stay] = process.argv.slice(2)
const [owner, repo] = repository.split('/')
if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) fail(`${repository}: use owner/repo`)
const mesh = await createMesh() // configured by environment variables

// createMesh does not wait for members; a script this short allows a moment to find one.
if (mesh.peerId) {
  const met = new Promise((resolve) => mesh.addEventListener('peer:connect', resolve, { once: true }))
  await Promise.race([met, setTimeout(Number(process.env.WAIT_MS ?? 3000), undefined, { ref: false })])
}

const Client = Octokit.plugin(paginateRest)
const octokit = new Client({
  auth: process.env.GH_TOKEN,
  baseUrl: process.env.GITHUB_API_URL,
  request: { fetch: mesh.fetch } // the only line that the mesh needs
})

const parameters = { owner, repo, state: 'open', per_page: Number(process.env.PER_PAGE ?? 100) }
let pages = 0
try {
  for await (const { data } of octokit.paginate.iterator('GET /repos/{owner}/{repo}/pulls', parameters)) {
    pages++
    for (const { number, title, user } of data) console.log(`#${number} ${title} (${user.login})`)
  }
} catch (error) {
  await mesh.stop()
  fail(`${repository}: ${error.message}`)
}
const { apiCallsMade, peerHits } = mesh.stats()
console.log(`${counted(pages, 'page')}: ${peerHits} from members, ${counted(apiCallsMade, 'call')} to GitHub`)

if (stay === '--stay' && mesh.peerId) await once(process, 'SIGINT') // until then, others can get it from here
await mesh.stop()

function counted(count, one) {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

function fail(why) {
  console.error(why)
  process.exit(1)
}
