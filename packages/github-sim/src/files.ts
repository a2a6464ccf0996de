import { rawToken } from './data/contents.ts'
import { roleOf } from './visibility.ts'
import type { World } from './world.ts'

/** A request at the other origin: raw files, archives, logs. */
export interface Download {
  at: number
  /** Without the query, which holds a secret. */
  path: string
  /** Whether an `Authorization` header came along; a careful client sends none to another origin. */
  authorization: boolean
  status: number
}

/** Serves what `download_url` and 302s point at. A private file needs the secret of somebody who may see it. */
export function serveFile(request: Request, world: World): Response {
  const { pathname, searchParams } = new URL(request.url)
  const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/plain; charset=utf-8' }
  if (!pathname.startsWith('/raw/')) {
    return new Response(`simulated download of ${pathname}\n`, {
      headers: { ...headers, 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }
    })
  }
  const [owner, name, , ...rest] = pathname.slice('/raw/'.length).split('/')
  const path = decodeURI(rest.join('/'))
  const repository = world.repository(`${owner}/${name}`)
  const bytes = repository?.files.get(path)
  const allowed =
    repository?.visibility === 'public' ||
    [...world.tokens.values()].some(
      (t) =>
        repository && roleOf(repository, t) && rawToken(t.digest, repository.id, path) === searchParams.get('token')
    )
  if (!bytes || !allowed) return new Response('404: Not Found', { status: 404, headers })
  return new Response(new Uint8Array(bytes), { headers })
}
