import type { Links } from './data/links.ts'
import type { Download } from './files.ts'
import type { GitHub } from './github.ts'
import type { Listener } from './listener.ts'
import type { Repository } from './model.ts'
import { controlOutages } from './outage-control.ts'
import { controlRepository } from './repository-control.ts'
import type { Simulator } from './simulator.ts'
import { controlTokens } from './token-control.ts'

/** What tests hold in hand: reads the log and changes the world. */
export function createControl(
  sim: Simulator,
  api: Listener,
  files: Listener,
  downloads: Download[],
  own: Links
): GitHub {
  const { world, faults, log, options } = sim
  const control = (r: Repository) => controlRepository(r, world, sim.links, options.now)

  function find(fullName: string): Repository {
    const found = world.repository(fullName)
    if (!found) throw new TypeError(`there is no repository ${fullName}`)
    return found
  }

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

    ...controlTokens(sim, find),
    omitPermissions(on = true) {
      world.omitPermissions = on
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
    ...controlOutages(faults, api, files),
    async [Symbol.asyncDispose]() {
      await this.stop()
    }
  }
}
