import { createMesh, createSecret, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok } from './check.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Whether the environment variables are valid, as far as can be told without using them. */
export async function checkSettings(): Promise<Finding> {
  try {
    // Reads everything that a member reads, and connects to nobody. The secret has a line of its own.
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
