import type { RepositoryAsk, RepositoryHandler } from '../ask.ts'
import { commitAt } from '../data/commit.ts'
import { entryJson, wrappedBase64 } from '../data/contents.ts'
import { simpleLicense } from '../data/license.ts'
import { type TreeEntry, treeEntries, treeSha } from '../git.ts'
import { failure, notFound, type Reply } from '../reply.ts'

/** A file, as JSON or raw. Both forms carry the blob's id as their ETag. */
function file(ask: RepositoryAsk, path: string, more: object = {}): Reply {
  const { repository: r, links, viewer, accept, query } = ask
  const ref = query.get('ref') ?? r.defaultBranch
  const bytes = r.files.get(path)
  const commit = commitAt(r, ref)
  if (!commit) return failure(404, `No commit found for the ref ${ref}`)
  if (!bytes) return notFound()
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  const name = path.slice(path.lastIndexOf('/') + 1)
  const entry = treeEntries(r.files, folder).find((e) => e.path === name && e.type === 'blob') as TreeEntry
  const common = { etag: entry.sha, lastModified: r.pushedAt }
  const raw = /application\/vnd\.github(\.v3)?\.raw(\+json)?/.exec(accept)
  if (raw) return { ...common, bytes, contentType: `${raw[0].replace('.v3', '')}; charset=utf-8` }
  const { _links, ...shown } = entryJson(r, entry, path, ref, links, viewer?.digest ?? '')
  return { ...common, json: { ...shown, content: wrappedBase64(bytes), encoding: 'base64', _links, ...more } }
}

function contents(ask: RepositoryAsk): Reply {
  const { repository: r, links, viewer, query } = ask
  const path = (ask.params.path ?? '').replace(/\/+$/, '')
  const ref = query.get('ref') ?? r.defaultBranch
  const entries = treeEntries(r.files, path)
  if (r.files.has(path) || entries.length === 0 || !commitAt(r, ref)) return file(ask, path)
  const prefix = path === '' ? '' : `${path}/`
  return {
    json: entries.map((e) => entryJson(r, e, prefix + e.path, ref, links, viewer?.digest ?? '')),
    etag: treeSha(r.files, path),
    lastModified: r.pushedAt
  }
}

/** Files and folders. */
export const contentsRoutes: Record<string, RepositoryHandler> = {
  '/contents': contents,
  '/contents/:path{.*}': contents,
  '/readme': (ask) => file(ask, [...ask.repository.files.keys()].find((p) => /^readme(\.\w+)?$/i.test(p)) ?? ''),
  '/license': (ask) => {
    const path = [...ask.repository.files.keys()].find((p) => /^licen[cs]e(\.\w+)?$/i.test(p)) ?? ''
    return file(ask, path, { license: simpleLicense(ask.repository.license, ask.links) })
  }
}
