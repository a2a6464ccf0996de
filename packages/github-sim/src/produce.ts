import type { Ask } from './ask.ts'
import type { Call } from './calls.ts'
import { failure, type Reply } from './reply.ts'
import { budgetOf, type Simulator } from './simulator.ts'
import type { Token } from './tokens.ts'

const maxBodyChars = 1_000_000
const apiVersions = ['2022-11-28', '2026-03-10']
const resources = ['core', 'search', 'code_search', 'graphql'] as const

/** What the routes say, once the request makes sense. */
export async function produce(
  request: Request,
  call: Call,
  viewer: Token | undefined,
  apiVersion: string,
  sim: Simulator
): Promise<Reply> {
  const { method } = request
  const accept = request.headers.get('accept') ?? ''
  if (request.headers.has('authorization') && !viewer) return failure(401, 'Bad credentials')
  // https://docs.github.com/enterprise-server/admin/configuring-settings/hardening-security-for-your-enterprise/enabling-private-mode
  if (sim.options.privateMode && !viewer) return failure(401, 'Must authenticate to access this API.')
  if (!apiVersions.includes(apiVersion)) return failure(400, `Unsupported API version: ${apiVersion.slice(0, 20)}`)
  if (accept !== '' && !/\*\/\*|application\/(\*|json|vnd\.github)/.test(accept)) {
    return failure(415, "Unsupported 'Accept' header. Must accept 'application/json'.")
  }
  let body: unknown
  if (method !== 'GET' && method !== 'HEAD') {
    const text = await request.text()
    if (text.length > maxBodyChars) return failure(413, 'Request body is too large')
    try {
      body = text === '' ? undefined : JSON.parse(text)
    } catch {
      return failure(400, 'Problems parsing JSON')
    }
  }
  const ask: Ask = {
    world: sim.world,
    links: sim.links,
    viewer,
    method: method === 'HEAD' ? 'GET' : method,
    query: new URL(request.url).searchParams,
    params: {},
    canonicalPath: call.path,
    accept,
    apiVersion,
    body,
    now: sim.options.now(),
    budgets: () => resources.map((resource) => budgetOf(sim, viewer, resource))
  }
  try {
    return await sim.route(ask, call.path)
  } catch (error) {
    return failure(500, `The simulator failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
