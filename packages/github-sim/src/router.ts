import { type Context, Hono } from 'hono'
import { type Ask, type Handler, listReply, type RepositoryHandler } from './ask.ts'
import { graphql } from './graphql/route.ts'
import { notFound, type Reply, redirect } from './reply.ts'
import { actionsRoutes } from './routes/actions.ts'
import { checkRoutes } from './routes/checks.ts'
import { contentsRoutes } from './routes/contents.ts'
import { generalRoutes } from './routes/general.ts'
import { gitRoutes } from './routes/git.ts'
import { labelWrites } from './routes/issue-labels.ts'
import { issueWrites } from './routes/issue-writes.ts'
import { issueRoutes } from './routes/issues.ts'
import { pullRoutes } from './routes/pulls.ts'
import { editRepository, repositoryRoutes } from './routes/repository.ts'
import { searchRoutes } from './routes/search.ts'
import { userRoutes } from './routes/users.ts'
import { roleOf } from './visibility.ts'

type Env = { Bindings: { ask: Ask; reply?: Reply } }

/** `/repos/{owner}/{repo}` or `/repositories/{id}` at the start of a path. */
const repositoryPrefix = /^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)/

/** The body a test put in place of the real one, paginated when it is a list. */
function replaced(ask: Ask): Reply | undefined {
  const path = ask.canonicalPath
  if (ask.method !== 'GET' || !ask.world.bodies.has(path)) return undefined
  const json = ask.world.bodies.get(path)
  return Array.isArray(json) ? listReply(ask, json, (item) => item) : { json }
}

const plain =
  (handler: Handler): Handler =>
  (ask) =>
    replaced(ask) ?? handler(ask)

const ofRepository =
  (handler: RepositoryHandler, path: string): Handler =>
  (ask) => {
    const { world, params, viewer, links, query } = ask
    const name = `${params.owner}/${params.repo}`
    const current = params.repositoryId ? world.repositories.get(Number(params.repositoryId)) : world.repository(name)
    const repository = current ?? world.formerly(name)
    const role = repository && roleOf(repository, viewer)
    if (!repository || !role) return notFound()
    const canonicalPath = `/repositories/${repository.id}${path.replace(repositoryPrefix, '')}`
    if (repository !== current) {
      const search = query.size ? `?${query}` : ''
      return redirect(ask.method === 'GET' ? 301 : 307, links.api + canonicalPath + search)
    }
    const here = { ...ask, canonicalPath, repository, role }
    return replaced(here) ?? handler(here)
  }

/** All routes. The function answers what a route says, or 404. */
export function createRouter(): (ask: Ask, path: string) => Promise<Reply> {
  const app = new Hono<Env>({ strict: false })
  const run = (make: (path: string) => Handler) => (c: Context<Env>) => {
    c.env.reply = make(c.env.ask.canonicalPath)({ ...c.env.ask, params: c.req.param() })
    return c.body(null)
  }
  for (const routes of [generalRoutes, userRoutes, searchRoutes]) {
    for (const [path, handler] of Object.entries(routes))
      app.get(
        path,
        run(() => plain(handler))
      )
  }
  app.post(
    '/graphql',
    run(() => graphql)
  )
  const reads = [repositoryRoutes, issueRoutes, pullRoutes, gitRoutes, checkRoutes, contentsRoutes, actionsRoutes]
  for (const prefix of ['/repos/:owner/:repo', '/repositories/:repositoryId{[0-9]+}']) {
    const on = (method: string, path: string, handler: RepositoryHandler) =>
      app.on(
        method,
        prefix + path,
        run((full) => ofRepository(handler, full))
      )
    for (const routes of reads) for (const [path, handler] of Object.entries(routes)) on('GET', path, handler)
    for (const [key, handler] of Object.entries({ ...issueWrites, ...labelWrites })) {
      const [method = '', path = ''] = key.split(' ')
      on(method, path, handler)
    }
    on('PATCH', '', editRepository)
    // So that bodies can be set, and renamed repositories redirect, at paths that have no route.
    on('GET', '/*', notFound)
  }
  app.get(
    '*',
    run(() => plain(notFound))
  )

  return async (ask, path) => {
    const env: Env['Bindings'] = { ask }
    await app.request(`http://sim${path}`, { method: ask.method }, env)
    return env.reply ?? notFound()
  }
}
