// The longest time for which a member with many entries on disk lets nothing else of its process run.
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMesh, createSecret, filesystemStore, staticPeers } from 'ghmesh'
import { median } from './measure.mjs'

/** What nobody should wait for, in ms. */
export const mostPauseMs = 50

const repositories = 50
const apiUrl = 'http://github.invalid'
const urlOf = (n) => `${apiUrl}/repos/octocat/r${n % repositories}/issues/${n}`

/** GitHub, as far as this needs it: every issue there is, and every write taken. */
async function fetch(url, { method = 'GET' } = {}) {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=60, s-maxage=60',
    date: new Date().toUTCString()
  }
  const status = method === 'GET' ? 200 : 201
  return new Response(JSON.stringify({ title: String(url), private: false }), { status, headers })
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The longest gap between two turns of the event loop while `work` runs, in ms. */
async function longestGap(work) {
  let longest = 0
  let last = performance.now()
  let timer
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    timer = setImmediate(turn)
  }
  turn()
  try {
    await work()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    clearImmediate(timer)
  }
  return longest
}

/** Longest pauses in ms, by what the member did: the median of three where it can be done again. `alone`: without members. */
export async function measurePauses(entries, { alone = false } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ghmesh-pauses-'))
  const secret = createSecret()
  const options = {
    secret,
    apiUrl,
    fetch,
    token: async () => undefined,
    mdns: false,
    listenPort: 0,
    forceLocalhost: true,
    discovery: [],
    logger: { debug() {}, info() {}, warn() {}, error() {} }
  }
  const member = (cacheDir, more) => createMesh({ ...options, cacheDir: join(directory, cacheDir), ...more })
  const pauses = {}
  const again = async (name, work) => {
    const gaps = []
    for (let i = 0; i < 3; i++) gaps.push(await longestGap(() => work(i)))
    pauses[name] = median(gaps)
  }
  const write = async (mesh, n) => {
    await (await mesh.fetch(`${urlOf(n)}/comments`, { method: 'POST', body: '{}' })).text()
  }

  async function measureMembers(mesh) {
    const knows = { discovery: [staticPeers(mesh.addresses)], limits: { dialMs: 100, recheckMs: [] } }
    const other = await member('other', knows)
    // Its name comes with its first gossip, some time after its connection.
    while (!mesh.peers().some(({ name }) => name)) await later(50)
    await again('ten comments of another member', async (i) => {
      const heard = once(mesh, 'purged')
      for (let n = 0; n < 10; n++) await write(other, 1000 * i + n)
      await heard
      await later(1500)
    })
    await other.stop()
    await again('question for the freshest', async (i) => {
      const asker = await member(`asker${i}`, knows)
      if (asker.peers().length === 0) await once(asker, 'peer:connect')
      await later(200)
      await asker.stop()
    })
  }

  try {
    const filler = await member('large', { secret: undefined })
    for (let n = 0; n < entries; n++) await (await filler.fetch(urlOf(n))).arrayBuffer()
    await filler.stop()
    cpSync(join(directory, 'large'), join(directory, 'full'), { recursive: true })

    let mesh
    const recheckMs = [50]
    // The walk over the store goes on after the start; a purge of nothing waits for it.
    await again('start', async () => {
      await mesh?.stop()
      mesh = await member('large', { limits: { recheckMs } })
      await mesh.purge('octocat/none')
    })
    await again('comment', async (i) => {
      const rechecked = once(mesh, 'revalidated').catch(() => {})
      await write(mesh, i)
      await Promise.race([rechecked, later(4 * recheckMs[0])])
    })
    await again('purge of a repository', (i) => mesh.purge(`octocat/r${i}`))
    if (!alone) await measureMembers(mesh)
    pauses.clear = await longestGap(() => mesh.clear())
    await mesh.stop()
    const bytes = 1024 * 1024
    const full = filesystemStore({ directory: join(directory, 'full'), maxBytes: bytes })
    pauses['eviction of all by one body'] = await longestGap(() =>
      full.put('large', { meta: { version: 1 }, body: new Uint8Array(bytes) })
    )
    await full.close()
    return pauses
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
