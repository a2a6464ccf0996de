import { createMesh, type Mesh, type MeshOptions } from 'ghmesh'

/** How often a member's known address is dialled again. The SDK's own pace suits long-running processes. */
const dialMs = 300

/** A member that exists for the duration of one command. */
export const briefMember = (options: MeshOptions): Promise<Mesh> =>
  createMesh({ listenPort: 0, ...options, limits: { dialMs } })
