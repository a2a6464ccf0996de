import type { Links } from './data/links.ts'
import type { Download } from './files.ts'
import type { GitHub } from './github.ts'
import { limitDefaults } from './limits.ts'
import type { Listener } from './listener.ts'
import type { Repository } from './model.ts'
import { controlRepository } from './repository-control.ts'
import { anonymous, type Simulator } from './simulator.ts'

/** What tests hold in hand: reads the log and changes the world. */
export function createControl(
  sim: Simulator,
  api: Listener,
  files: Listener,
  downloads: Download[],
  own: Links
): GitHub {
  const { world, faults, log, quota, options } = sim
  const control = (r: Repository) => controlRepository(r, world, sim.links, options.now)
  let listening = true
  let stopped: Promise<void> | undefined

  function find(fullName: string): Repository {
    const found = world.repository(fullName)
    if (!found) throw new TypeError(`there is no repository ${fullName}`)
    return found
  }
  // Errors must not show the token, so they cannot say which one it was.
  function tokenOf(secret: string) {
    const token = world.token(secret)
    if (!token) throw new TypeError('this token is not registered: use addToken first')
    return token
  }
  const ownerOf = (token: string | undefined) => (token === undefined ? anonymous : tokenOf(token).quota)

  return {
    url: own.api,
    filesUrl: own.files,
    port: api.port,
    calls: log.calls,
    downloads,
    get preflights() {
      return sim.preflights
    },
    count: log.count,
    units: log.units,
    nextCall: (matcher = () => true) => log.next(matcher),
    clearCalls() {
      log.calls.length = 0
      downloads.length = 0
    },

    repository: (fullName) => control(find(fullName)),
    addRepository: (repository) => control(world.addRepository(repository)),
    setBody(path, json) {
      const [, name, rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? []
      const key = name === undefined ? path : `/repositories/${find(name).id}${rest}`
      if (json === undefined) world.bodies.delete(key)
      else world.bodies.set(key, json)
    },

    addTeam: (organization, { name, members = [] }) => world.addTeam(organization, name, members).slug,

    addToken(token, tokenOptions) {
      world.addToken(token, tokenOptions)
    },
    revokeToken(token) {
      world.tokens.delete(tokenOf(token).digest)
    },
    setRole(token, fullName, role) {
      const { roles } = tokenOf(token)
      if (role === undefined) roles.delete(find(fullName).id)
      else roles.set(find(fullName).id, role)
    },
    omitPermissions(on = true) {
      world.omitPermissions = on
    },

    setRemaining(token, remaining) {
      const limit = token === undefined ? options.anonymousLimit : tokenOf(token).limit
      const owner = ownerOf(token)
      quota.spend(owner, 'core', limit - remaining - quota.state(owner, 'core', limit).used)
    },
    limit(token, limitOptions = {}) {
      faults.limits.set(ownerOf(token), { ...limitDefaults, ...limitOptions })
    },
    unlimit(token) {
      faults.limits.delete(ownerOf(token))
      quota.reset(ownerOf(token))
    },

    setLatency(latencyMs) {
      sim.latencyMs = latencyMs
    },
    hold: faults.hold,
    respondOnce: (matcher, response) => faults.respond(matcher, response, 1),
    respond: (matcher, response, times = Number.POSITIVE_INFINITY) => faults.respond(matcher, response, times),
    driftEtags(on = true) {
      faults.driftEtags = on
    },
    async goDown(how = 'refuse') {
      faults.down = how === 'refuse' ? 'reset' : how
      if (how !== 'refuse' || !listening) return
      listening = false
      await api.close()
    },
    async goUp() {
      faults.down = undefined
      if (listening) return
      await api.open()
      listening = true
    },

    stop() {
      faults.releaseAll()
      stopped ??= Promise.all([listening ? api.close() : undefined, files.close()]).then(() => {})
      return stopped
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    }
  }
}
