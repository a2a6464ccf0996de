import { listReply, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { commitAt, commitJson, fullCommitJson, gitCommitJson } from '../data/commit.ts'
import { wrappedBase64 } from '../data/contents.ts'
import { nodeId } from '../data/links.ts'
import { simpleUser } from '../data/user.ts'
import { filterCommits } from '../filters/commits.ts'
import { asksFor } from '../filters/query.ts'
import { blobSha, treeEntries, treeSha } from '../git.ts'
import type { Commit, Repository } from '../model.ts'
import { failure, notFound, type Reply } from '../reply.ts'
import { compare } from './compare.ts'

const noCommit = (ref: string) => failure(422, `No commit found for SHA: ${ref}`)

/** For a route with `:ref`: runs with the commit, or answers 422 as GitHub does. */
export const withCommit =
  (handler: (ask: RepositoryAsk, commit: Commit) => Reply): RepositoryHandler =>
  (ask) => {
    const commit = commitAt(ask.repository, ask.params.ref ?? '')
    return commit ? handler(ask, commit) : noCommit(ask.params.ref ?? '')
  }

const commitPointer = ({ links, repository: r }: RepositoryAsk, sha: string) => ({
  sha,
  url: `${links.api}/repos/${r.fullName}/commits/${sha}`
})

const refJson = ({ links, repository: r }: RepositoryAsk, ref: string, sha: string) => ({
  ref,
  node_id: nodeId('Ref', ref),
  url: `${links.api}/repos/${r.fullName}/git/${ref}`,
  object: { sha, type: 'commit', url: `${links.api}/repos/${r.fullName}/git/commits/${sha}` }
})

const refsOf = ({ branches, tags }: Repository) => [
  ...branches.map((b) => ({ ref: `refs/heads/${b.name}`, sha: b.sha })),
  ...tags.map((t) => ({ ref: `refs/tags/${t.name}`, sha: t.sha }))
]

function tree(ask: RepositoryAsk): Reply {
  const { repository: r, links, params, query } = ask
  const git = `${links.api}/repos/${r.fullName}/git`
  const head = commitAt(r, params.sha ?? '')
  const folders = new Set([''])
  for (const path of r.files.keys()) {
    for (let i = path.indexOf('/'); i > 0; i = path.indexOf('/', i + 1)) folders.add(path.slice(0, i))
  }
  const folder = head ? '' : [...folders].find((f) => treeSha(r.files, f) === params.sha)
  if (folder === undefined) return notFound()
  const walk = (under: string, prefix: string): object[] =>
    treeEntries(r.files, under).flatMap(({ path, ...entry }) => {
      const full = under === '' ? path : `${under}/${path}`
      const shown = { path: prefix + path, ...entry, url: `${git}/${entry.type}s/${entry.sha}` }
      return entry.type === 'tree' && query.has('recursive') ? [shown, ...walk(full, `${prefix}${path}/`)] : [shown]
    })
  const sha = treeSha(r.files, folder)
  return { json: { sha, url: `${git}/trees/${sha}`, tree: walk(folder, ''), truncated: false } }
}

function blob(ask: RepositoryAsk): Reply {
  const { repository: r, links, params, accept } = ask
  const bytes = [...r.files.values()].find((f) => blobSha(f) === params.sha)
  if (!bytes) return notFound()
  const sha = params.sha ?? ''
  if (/\.raw/.test(accept)) return { bytes, etag: sha, contentType: 'application/vnd.github.raw; charset=utf-8' }
  const url = `${links.api}/repos/${r.fullName}/git/blobs/${sha}`
  const content = wrappedBase64(bytes)
  return { json: { sha, node_id: nodeId('Blob', sha), size: bytes.length, url, content, encoding: 'base64' } }
}

/** Commits, branches, tags, refs and git objects. */
export const gitRoutes: Record<string, RepositoryHandler> = {
  '/commits': (ask) => {
    const { repository: r, links, query } = ask
    const from = commitAt(r, query.get('sha') ?? 'HEAD')
    if (!from) return notFound()
    const commits = filterCommits(r.commits.slice(r.commits.indexOf(from)), query)
    const newest = commits[0]?.date
    const reply = listReply(ask, commits, (c) => commitJson(c, r.fullName, links))
    return newest === undefined ? reply : { ...reply, lastModified: newest }
  },
  '/commits/:ref': withCommit(({ repository: r, links }, commit) => ({
    json: fullCommitJson(commit, r.fullName, links),
    lastModified: commit.date
  })),
  '/branches': (ask) =>
    listReply(
      ask,
      // https://docs.github.com/rest/branches/branches#list-branches
      ask.repository.branches.filter((b) => asksFor(ask.query, 'protected', String(b.protected))),
      (b) => ({ name: b.name, commit: commitPointer(ask, b.sha), protected: b.protected })
    ),
  '/branches/:branch{.+}': (ask) => {
    const { repository: r, links, params } = ask
    const branch = r.branches.find((b) => b.name === params.branch)
    const commit = branch && commitAt(r, branch.sha)
    if (!branch || !commit) return failure(404, 'Branch not found')
    const self = `${links.api}/repos/${r.fullName}/branches/${branch.name}`
    return {
      json: {
        name: branch.name,
        commit: commitJson(commit, r.fullName, links),
        _links: { self, html: `${links.web}/${r.fullName}/tree/${branch.name}` },
        protected: branch.protected,
        protection: {
          enabled: branch.protected,
          required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] }
        },
        protection_url: `${self}/protection`
      }
    }
  },
  '/tags': (ask) => {
    const { repository: r, links } = ask
    return listReply(ask, r.tags, (t) => ({
      name: t.name,
      zipball_url: `${links.api}/repos/${r.fullName}/zipball/refs/tags/${t.name}`,
      tarball_url: `${links.api}/repos/${r.fullName}/tarball/refs/tags/${t.name}`,
      commit: commitPointer(ask, t.sha),
      node_id: nodeId('Ref', t.name)
    }))
  },
  '/git/refs': (ask) => listReply(ask, refsOf(ask.repository), (r) => refJson(ask, r.ref, r.sha)),
  '/git/matching-refs/:ref{.+}': (ask) => {
    const found = refsOf(ask.repository).filter((r) => r.ref.startsWith(`refs/${ask.params.ref}`))
    return listReply(ask, found, (r) => refJson(ask, r.ref, r.sha))
  },
  '/git/ref/:ref{.+}': (ask) => {
    const found = refsOf(ask.repository).find((r) => r.ref === `refs/${ask.params.ref}`)
    return found ? { json: refJson(ask, found.ref, found.sha) } : notFound()
  },
  '/git/blobs/:sha': blob,
  '/git/trees/:sha': tree,
  '/git/commits/:sha': ({ repository: r, links, params }) => {
    const commit = r.commits.find((c) => c.sha === params.sha)
    return commit ? { json: gitCommitJson(commit, r.fullName, links), lastModified: commit.date } : notFound()
  },
  '/compare/:basehead{.+}': compare,
  '/assignees': (ask) => listReply(ask, [ask.repository.owner], (a) => simpleUser(a, ask.links))
}
