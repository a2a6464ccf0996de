import { createMesh, type Mesh, type MeshOptions } from 'ghmesh'

/** The known address of a member is dialled again this often: the SDK's own pace is for processes that stay. */
const dialMs = 300

/** A member for as long as one command takes. */
export const briefMember = (options: MeshOptions): Promise<Mesh> =>
  createMesh({ listenPort: 0, ...options, limits: { dialMs } })
