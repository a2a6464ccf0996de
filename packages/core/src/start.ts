import { type MeshError, toMeshError } from './errors.ts'
import type { TokenSource } from './flow/classify.ts'
import type { GroupFlow } from './flow/create-flow.ts'
import type { Members, OwnSide } from './members.ts'
import { type StartedMesh, startMesh } from './mesh.ts'
import type { ReadOptions } from './options.ts'
import type { Identity, Platform } from './platform/platform.ts'

/** What every start needs: where this runs, what the user wants, and whose token it is. */
export interface Start {
  platform: Pick<
    Platform,
    | 'defaultDiscovery'
    | 'defaultStore'
    | 'hasTabs'
    | 'isHidden'
    | 'libp2pTransport'
    | 'memberName'
    | 'onWake'
    | 'openIdentity'
    | 'followRedirects'
  >
  options: ReadOptions & Required<Pick<ReadOptions, 'logger' | 'fetch'>>
  token: TokenSource
  warn(error: MeshError): void
}

export interface Company {
  /** Others will know this member by its key. */
  connects: boolean
  /** Makes the part with the others. `connected`: how many members are connected now. */
  members(identity: Identity, name: string, connected: () => number): (own: OwnSide) => Members
  /** Absent without a group. */
  groupFlow?: GroupFlow | undefined
}

/** Starts a member in this process or tab. */
export async function startHere({ platform, options, token, warn }: Start, company: Company): Promise<StartedMesh> {
  const { name = platform.memberName() } = options
  const identity = await platform.openIdentity(options, company.connects)
  let started: StartedMesh | undefined
  const connected = () => started?.mesh.peers().length ?? 0
  try {
    started = await startMesh({
      options,
      name,
      followRedirects: platform.followRedirects,
      store: options.store ?? platform.defaultStore(options, warn),
      machineKey: identity.machineKey,
      members: (own) => company.members(identity, name, connected)(own),
      groupFlow: company.groupFlow,
      token,
      onWake: platform.onWake,
      release: () => identity.release()
    })
    return started
  } catch (error) {
    await identity.release()
    throw toMeshError('ERR_TRANSPORT', 'the mesh could not start', error)
  }
}
