// What it costs to take in the largest answers: an honest tree of 12.6 MiB beside plain `fetch`, and for how long nothing else runs.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createMesh, memoryStore } from 'ghmesh'
import { median, ratio } from './measure.mjs'

const MiB = 1024 ** 2

/** A tree as GitHub lists it, of about so many bytes. */
function tree(bytes) {
  const url = 'https://api.github.com/repos/octocat/Hello-World/git/blobs/'
  const entries = []
  for (let n = 0, length = 0; length < bytes; n++) {
    const sha = n.toString(16).padStart(40, '0')
    const path = `packages/part-${n % 97}/src/file-${n}.ts`
    entries.push({ path, mode: '100644', type: 'blob', sha, size: n, url: url + sha })
    length += JSON.stringify(entries[n]).length + 1
  }
  return JSON.stringify({ sha: 'f'.repeat(40), tree: entries, truncated: false })
}

/** What a lying member or a strange repository might make of 16 MiB. */
const hostile = {
  'many arrays': () => `[${'[],'.repeat((16 * MiB) / 3 - 10)}[]]`,
  'many names': () => `{${'"id":1,'.repeat((16 * MiB) / 7 - 10)}"id":1}`,
  'one string': () => `"${'x'.repeat(16 * MiB - 10)}"`,
  'near tokens': () => `"${'ghp_aaaaaaaaaaaaaaaaaaa '.repeat((16 * MiB) / 24 - 1)}"`
}

/** The longest time in which nothing else ran, ms. */
async function longestPauseMs(work) {
  let [longest, last, over] = [0, performance.now(), false]
  const watching = (async () => {
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve))
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
  })()
  await work()
  over = true
  await watching
  return longest
}

/** Milliseconds for each subject in each round, and the longest pauses of plain fetch, ghmesh and hostile bodies. */
export async function measureLarge(rounds) {
  let [body, etag] = ['', '']
  const answerWith = (text) => {
    body = Buffer.from(text)
    etag = createHash('sha256').update('application/vnd.github+json:').update(body).digest('hex')
  }
  const server = createServer((_request, response) => {
    response.setHeader('etag', `"${etag}"`)
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.setHeader('cache-control', 'public, max-age=60')
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${server.address().port}`
  const url = `${apiUrl}/repos/octocat/Hello-World/git/trees/main`
  const cacheDir = join(import.meta.filename, 'none')
  const mesh = await createMesh({
    apiUrl,
    secret: undefined,
    token: async () => undefined,
    store: memoryStore(),
    cacheDir
  })
  const subjects = {
    plain: () => fetch(url, { headers: { accept: 'application/vnd.github+json' } }),
    ghmesh: () => mesh.fetch(url, { cache: 'reload' })
  }
  try {
    answerWith(tree(12.6 * MiB))
    const times = { plain: [], ghmesh: [] }
    for (let round = 0; round <= rounds; round++) {
      for (const name of round % 2 ? ['plain', 'ghmesh'] : ['ghmesh', 'plain']) {
        const start = performance.now()
        await (await subjects[name]()).json()
        if (round > 0) times[name].push(performance.now() - start)
      }
    }
    const bytes = async (ask) => void (await (await ask()).arrayBuffer())
    const pauses = {}
    for (const name of ['plain', 'ghmesh']) pauses[name] = await longestPauseMs(() => bytes(subjects[name]))
    for (const [name, make] of Object.entries(hostile)) {
      answerWith(make())
      pauses[name] = await longestPauseMs(() => bytes(subjects.ghmesh))
    }
    return { times, pauses }
  } finally {
    await mesh.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

export function printLarge({ times, pauses }) {
  console.log(
    `\ntaking in a tree of 12.6 MiB: ${median(times.ghmesh).toFixed(0)} ms, plain fetch ${median(times.plain).toFixed(0)} ms, ratio ${ratio(times, 'ghmesh', 'plain').toFixed(2)}`
  )
  for (const [name, ms] of Object.entries(pauses)) console.log(`longest pause, ${name}: ${ms.toFixed(0)} ms`)
}

if (process.argv[1] === import.meta.filename) printLarge(await measureLarge(9))
