import process from 'node:process'
import { createMesh, createSecret, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok } from './check.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Whether the environment variables are valid, as far as can be told without using them. */
export async function checkSettings(): Promise<Finding> {
  const unset: Record<string, string | undefined> = {}
  const wrong: string[] = []
  try {
    // The first invalid one ends a look, so it is left out of the next.
    for (;;) {
      const message = await whatIsWrong()
      if (message === undefined) break
      wrong.push(message)
      const [, name = ''] = /^variable (\w+) takes /.exec(message) ?? []
      if (process.env[name] === undefined) break
      unset[name] = process.env[name]
      delete process.env[name]
    }
  } finally {
    Object.assign(process.env, unset)
  }
  if (wrong.length === 0) return ok('all variables that are set are valid')
  return failure(
    wrong.join('; '),
    `correct ${wrong.length === 1 ? 'it or unset it' : 'them or unset them'}; "Configuration" in the README lists all variables`
  )
}

async function whatIsWrong(): Promise<string | undefined> {
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
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
