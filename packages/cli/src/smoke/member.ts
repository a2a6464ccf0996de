import { createMesh, filesystemStore, type Mesh, type MeshOptions, memoryStore } from 'ghmesh'
import { apiUrl, cacheDir, findsMembers, networkingOff, noWayToMembers } from '../environment.ts'
import { CliError } from '../errors.ts'
import type { Output } from '../output.ts'
import { tellEvents } from './events.ts'
import type { SmokeFlags } from './flags.ts'
import { startsEmpty } from './starts-empty.ts'

/** For members that must not ask GitHub for responses: at GitHub they can reach only the registry of members. */
export function refuseGitHub(registry: string | undefined): typeof fetch {
  const allowed = registry === undefined ? undefined : `${apiUrl()}/repos/${registry}/issues`
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const rest = allowed !== undefined && url.startsWith(allowed) ? url.slice(allowed.length) : undefined
    if (rest !== undefined && /^(?:$|[/?])/.test(rest)) return fetch(input, init)
    throw new TypeError(`this member asks GitHub only for the registry of members, not for ${url}`)
  }
}

/** Creates a member as the flags say, and prints how others can reach it. */
export async function join(flags: SmokeFlags, output: Output, more: MeshOptions = {}): Promise<Mesh> {
  const directory = flags.cacheDir ?? cacheDir()
  const mesh = await createMesh({
    secret: flags.sharedSecret,
    listenPort: flags.listenPort,
    repository: flags.registryRepo,
    ...(flags.disableDiscovery && { discovery: [], relays: [] }),
    cacheDir: flags.cacheDir,
    store: directory === undefined ? memoryStore() : startsEmpty(memoryStore(), filesystemStore({ directory })),
    logger: output.logger,
    ...more
  })
  if (mesh.peerId === undefined) {
    await mesh.stop()
    throw new CliError(
      networkingOff() ??
        'smoke needs the secret of a group: set CACHE_P2P_SHARED_SECRET to the same value everywhere; "ghmesh secret" creates one',
      2
    )
  }
  if (flags.verbose) tellEvents(mesh, output)
  for (const address of mesh.addresses.filter((known) => !known.includes('/ws'))) output.line(`listening: ${address}`)
  const found =
    more.discovery !== undefined || flags.disableDiscovery || findsMembers() || flags.registryRepo !== undefined
  if (!found) output.note(`ghmesh: ${noWayToMembers}`)
  return mesh
}
