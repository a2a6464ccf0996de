import process from 'node:process'
import { createMesh, createSecret, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { variableNames } from 'ghmesh/node-variables'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok, warning } from './check.ts'

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
  if (wrong.length === 0) return unknown() ?? ok('all variables that are set are valid')
  return failure(
    wrong.join('; '),
    `correct ${wrong.length === 1 ? 'it or unset it' : 'them or unset them'}; "Configuration" in the README lists all variables`
  )
}

// Those of a relay begin with GHMESH_RELAY_, and it looks at them itself.
const ours = /^(?:GHMESH_(?!RELAY_)|CACHE_P2P_)/

/** A variable with a name of ours that nothing reads: probably misspelt, and so not set. */
function unknown(): Finding | undefined {
  const names = Object.keys(process.env).filter((name) => ours.test(name) && !variableNames.includes(name))
  if (names.length === 0) return undefined
  const known = variableNames.filter((name) => ours.test(name)).join(', ')
  return warning(`nothing reads ${names.sort().join(', ')}`, `correct the name; those that begin so are ${known}`)
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
