import { type Call, newCall } from './calls.ts'
import { preflight } from './cors.ts'
import { finish } from './finish.ts'
import { costOf } from './graphql/points.ts'
import { requestIn } from './graphql/route.ts'
import { exhausted, primaryLimit, secondaryLimit } from './limits.ts'
import { produce } from './produce.ts'
import { type QuotaState, type Resource, resourceOf } from './quota.ts'
import { notFound, type Reply } from './reply.ts'
import { anonymous, budgetOf, type Simulator } from './simulator.ts'
import { type Token, tokenIn } from './tokens.ts'

/** The whole way of a request. Undefined: cut the connection. */
export async function handle(request: Request, sim: Simulator): Promise<Response | undefined> {
  const { faults, log } = sim
  if (request.method === 'OPTIONS' && faults.down === undefined) {
    sim.preflights++
    return preflight()
  }
  const call = newCall(request, sim.options.basePath, sim.options.now())
  const viewer = identify(request, call, sim)
  log.add(call)
  const response = await answer(request, call, viewer, sim)
  call.status = response?.status ?? 0
  await faults.wait(call, 'response')
  log.done(call)
  return response
}

function identify(request: Request, call: Call, { world }: Simulator): Token | undefined {
  const authorization = request.headers.get('authorization')
  if (authorization === null) return undefined
  const viewer = world.token(tokenIn(authorization) ?? '')
  call.caller = viewer?.label ?? 'bad-token'
  call.login = viewer?.login
  return viewer
}

async function answer(request: Request, call: Call, viewer: Token | undefined, sim: Simulator) {
  const { faults } = sim
  if (faults.down === 'reset') return undefined
  if (faults.down !== undefined) {
    const page = '<html><body><h1>Unicorn!</h1><p>No server is available.</p></body></html>'
    return new Response(page, { status: faults.down, headers: { 'content-type': 'text/html' } })
  }
  const custom = await faults.custom(request, call)
  if (!custom) return respond(request, call, viewer, sim)
  await pause(call, sim)
  return custom
}

async function pause(call: Call, { latencyMs, faults }: Simulator): Promise<void> {
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
  await faults.wait(call, 'request')
}

async function respond(request: Request, call: Call, viewer: Token | undefined, sim: Simulator): Promise<Response> {
  const { options, quota, faults, secondary, random } = sim
  const owner = viewer?.quota ?? anonymous
  const resource = resourceOf(call.path)
  const free = call.path === '/rate_limit'
  const state = () => budgetOf(sim, viewer, resource)
  const apiVersion = request.headers.get('x-github-api-version') ?? '2022-11-28'

  const reply = (of: Reply, shown: QuotaState = state()) =>
    finish(of, {
      request,
      viewer,
      now: options.now(),
      random,
      quota: shown,
      apiVersion,
      driftEtags: faults.driftEtags,
      gzip: options.gzip
    })

  if (!`${new URL(request.url).pathname}/`.startsWith(`${options.basePath}/`)) return reply(notFound())
  if (!call.userAgent) {
    const text = 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\r\n'
    return new Response(text, { status: 403, headers: { 'content-type': 'text/html; charset=utf-8' } })
  }
  const pretended = free ? undefined : faults.limited(owner, resource)
  if (pretended?.kind === 'primary') return reply(primaryLimit(pretended.status, viewer, state()), exhausted(state()))
  if (pretended) return reply(secondaryLimit(pretended.status, pretended.retryAfterSeconds))
  const badToken = request.headers.has('authorization') && !viewer
  if (!free && !badToken && state().remaining <= 0) return reply(primaryLimit(403, viewer, state()), exhausted(state()))
  const leave = secondary.enter(owner, resource === 'graphql', await writes(request, resource))
  if (!leave) return reply(secondaryLimit(403, 60))
  try {
    if (!free) spend(1)
    await pause(call, sim)
    const made = await produce(request, call, viewer, apiVersion, sim)
    if (!free) spend((made.points ?? 1) - 1)
    const response = await reply(made)
    if (response.status !== 304 || !viewer || free) return response
    // A confirmed copy is free for those who say who they are.
    spend(-1)
    const { remaining, used } = state()
    response.headers.set('x-ratelimit-remaining', String(remaining))
    response.headers.set('x-ratelimit-used', String(used))
    return response
  } finally {
    leave()
  }

  function spend(units: number) {
    quota.spend(owner, resource, units)
    call.units += units
  }
}

async function writes(request: Request, resource: Resource): Promise<boolean> {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  if (resource !== 'graphql') return true
  const asked = requestIn(
    (await request
      .clone()
      .json()
      .catch(() => ({}))) ?? {}
  )
  return asked !== undefined && costOf(asked).writes
}
