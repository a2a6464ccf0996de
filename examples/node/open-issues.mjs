// The open issues of a repository, from another member's cache if one has them: see README.md.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { createMesh } from 'ghmesh'

const [repository = 'octocat/Hello-World', stay] = process.argv.slice(2)
if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) fail(`${repository}: use owner/repo`)
const api = process.env.GITHUB_API_URL ?? 'https://api.github.com'
const mesh = await createMesh() // configured by environment variables

// createMesh does not wait for members; a script this short allows a moment to find one.
if (mesh.peerId) {
  const met = new Promise((resolve) => mesh.addEventListener('peer:connect', resolve, { once: true }))
  await Promise.race([met, setTimeout(Number(process.env.WAIT_MS ?? 3000), undefined, { ref: false })])
}

const response = await mesh.fetch(`${api}/repos/${repository}/issues?state=open&per_page=100`)
if (!response.ok) {
  await mesh.stop()
  fail(`GitHub answered ${response.status} for ${repository}`)
}
for (const { number, title } of await response.json()) console.log(`#${number} ${title}`)

const { quotaSpent, quotaSaved, connectedPeers } = mesh.stats()
console.log(`from ${response.headers.get('cache-status')}`)
const spent = `${counted(quotaSpent, 'unit')} of quota spent, ${quotaSaved} saved`
console.log(`${spent}, ${counted(connectedPeers, 'member')} connected`)

if (stay === '--stay' && mesh.peerId) await once(process, 'SIGINT') // until then, others can get it from here
await mesh.stop()

function counted(count, one) {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

function fail(why) {
  console.error(why)
  process.exit(1)
}
