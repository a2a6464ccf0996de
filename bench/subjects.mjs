import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, RESP_TYPES } from '@redis/client'
import { createMesh, memoryStore } from 'ghmesh'
import { LRUCache } from 'lru-cache'
import { Agent, cacheStores, interceptors, fetch as undiciFetch } from 'undici'
import { startProxies } from './proxies.mjs'

/** An origin that answers 10 KB of JSON as GitHub does, cacheable for long enough that only the first call reaches it. */
export async function startOrigin() {
  const items = Array.from({ length: 90 }, (_, i) => ({ id: i, node_id: `I_${i}`, title: 'x'.repeat(60) }))
  const bare = JSON.stringify({ items, filler: '' })
  const body = JSON.stringify({ items, filler: 'x'.repeat(10_240 - bare.length) })
  const state = { calls: 0, body }
  const server = createServer((_request, response) => {
    state.calls++
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.setHeader('cache-control', 'public, max-age=36000, s-maxage=36000')
    response.setHeader('etag', '"0123456789012345678901234567890123456789"')
    response.setHeader('vary', 'Accept')
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    path: `${url}/repos/octocat/Hello-World/languages`,
    state,
    stop: () => new Promise((resolve) => server.close(resolve))
  }
}

const read = async (response) => new Uint8Array(await response.arrayBuffer())

async function ghmesh(origin, options) {
  const mesh = await createMesh({
    apiUrl: origin.url,
    secret: undefined,
    token: async () => undefined,
    random: () => 0.99,
    ...options
  })
  return { call: async () => read(await mesh.fetch(origin.path)), stop: () => mesh.stop() }
}

function undici(origin, store) {
  const dispatcher = new Agent().compose(interceptors.cache({ store, methods: ['GET'] }))
  return { call: async () => read(await undiciFetch(origin.path, { dispatcher })), stop: () => dispatcher.close() }
}

function floor(origin) {
  const cache = new LRUCache({ max: 100 })
  cache.set(origin.path, {
    body: new TextEncoder().encode(origin.state.body),
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['cache-control', 'public, max-age=36000, s-maxage=36000'],
      ['etag', '"0123456789012345678901234567890123456789"']
    ]
  })
  return {
    call: async () => {
      const { body, headers } = cache.get(origin.path)
      return read(new Response(body, { status: 200, headers }))
    },
    stop: async () => {}
  }
}

/** Undefined where no redis-server is installed. */
async function redis(origin) {
  const probe = createNetServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  // Also where another subject fails to start.
  process.once('exit', () => server.kill())
  const started = await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.stdout.on('data', (line) => String(line).includes('Ready to accept connections') && resolve(true))
  })
  if (!started) return undefined
  const client = createClient({ url: `redis://127.0.0.1:${port}` }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer
  })
  await client.connect()
  await client.set(origin.path, origin.state.body)
  return {
    call: async () => client.get(origin.path),
    stop: async () => {
      client.destroy()
      server.kill()
      await new Promise((resolve) => server.once('exit', resolve))
    }
  }
}

/** Everything that is compared, by name; `undefined` for what this machine cannot run. */
export async function startSubjects(origin) {
  const directory = mkdtempSync(join(tmpdir(), 'ghmesh-bench-'))
  const memory = {
    ghmesh: await ghmesh(origin, { store: memoryStore(), cacheDir: join(directory, 'identity') }),
    undici: undici(origin, new cacheStores.MemoryCacheStore()),
    redis: await redis(origin),
    floor: floor(origin)
  }
  const disk = {
    // A memory bound too small for the body: every hit is read from disk.
    ghmesh: await ghmesh(origin, { cacheDir: join(directory, 'ghmesh'), limits: { memoryBytes: 1 } }),
    undici: undici(origin, new cacheStores.SqliteCacheStore({ location: join(directory, 'undici.db') }))
  }
  const proxies = await startProxies(origin, directory)
  return {
    memory,
    disk,
    socket: proxies.socket,
    gh: proxies.gh,
    async stop() {
      await proxies.stop()
      for (const subject of [...Object.values(memory), ...Object.values(disk)]) await subject?.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
