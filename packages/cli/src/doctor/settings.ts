import { createMesh, createSecret, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok } from './check.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Whether the variables of the environment make sense, as far as one can tell without using them. */
export async function checkSettings(): Promise<Finding> {
  try {
    // Reads all that a member reads, and talks to nobody. The secret has a line of its own.
    const mesh = await createMesh({
      secret: createSecret(),
      transport: memoryTransport(memoryHub()),
      discovery: [],
      store: memoryStore(),
      logger: quiet
    })
    await mesh.stop()
    return ok('all variables that are set are valid')
  } catch (error) {
    return failure(messageOf(error), 'correct it or unset it; "Configuration" in the README lists all variables')
  }
}
