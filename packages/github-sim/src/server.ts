import { type Call, createCallLog } from './calls.ts'
import { createControl } from './control.ts'
import type { Links } from './data/links.ts'
import { createFaults } from './faults.ts'
import { type Download, serveFile } from './files.ts'
import type { GitHub } from './github.ts'
import { handle } from './handle.ts'
import { createListener } from './listener.ts'
import { type GitHubOptions, resolveOptions } from './options.ts'
import { createQuota } from './quota.ts'
import { createRouter } from './router.ts'
import { createSecondary } from './secondary.ts'
import { seeded } from './seed.ts'
import type { Simulator } from './simulator.ts'
import { createWorld } from './world.ts'

/** The list of downloads keeps this many; older ones fall out. */
const maxDownloads = 10_000

/**
 * Starts a simulator of GitHub's REST API on this machine.
 *
 * @param onCall hears of every answered call
 * @throws TypeError when an option makes no sense; an error of Node's when the port is taken
 * @example
 * const github = await startGitHub()
 * const response = await fetch(`${github.url}/repos/octocat/Hello-World`)
 * await github.stop()
 */
export async function startGitHub(options: GitHubOptions = {}, onCall?: (call: Call) => void): Promise<GitHub> {
  const resolved = resolveOptions(options)
  const { now, seed, host, basePath } = resolved
  const world = createWorld(seeded(seed))
  world.ensureAccount('octocat')
  for (const { login, members } of resolved.organizations) world.ensureAccount(login, 'Organization', members)
  for (const { login } of Object.values(resolved.tokens)) world.ensureAccount(login)
  for (const repository of resolved.repositories) world.addRepository(repository)
  for (const [token, tokenOptions] of Object.entries(resolved.tokens)) world.addToken(token, tokenOptions)
  world.endSeeding()

  const links: Links = { api: '', files: '', web: 'https://github.com' }
  const sim: Simulator = {
    options: resolved,
    links,
    world,
    quota: createQuota(now),
    secondary: createSecondary(resolved.secondaryLimits, now),
    faults: createFaults(),
    log: createCallLog(onCall),
    route: createRouter(),
    random: seeded(seed + 1),
    latencyMs: resolved.latencyMs,
    preflights: 0
  }
  const downloads: Download[] = []
  const api = createListener((request) => handle(request, sim), host, resolved.port)
  const files = createListener(
    async (request) => {
      const response = serveFile(request, world)
      if (downloads.length >= maxDownloads) downloads.shift()
      const authorization = request.headers.has('authorization')
      downloads.push({ at: now(), path: new URL(request.url).pathname, authorization, status: response.status })
      return response
    },
    host,
    0
  )
  await api.open()
  await files.open().catch(async (error) => {
    await api.close()
    throw error
  })
  const origin = (port: number) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const own: Links = { ...links, api: origin(api.port) + basePath, files: origin(files.port) }
  Object.assign(links, own, resolved.apiUrl !== undefined && { api: resolved.apiUrl })
  return createControl(sim, api, files, downloads, own)
}
