import { createHash } from 'node:crypto'
import type { TreeEntry } from '../git.ts'
import type { Repository } from '../model.ts'
import type { Links } from './links.ts'

/** A secret in a private repository's raw URL: different for each caller. Made of hashes, so it needs no state. */
export function rawToken(viewerDigest: string, repositoryId: number, path: string): string {
  const text = `${viewerDigest} ${repositoryId} ${path}`
  return createHash('sha256').update(text).digest('hex').slice(0, 29).toUpperCase()
}

/** Where a file's raw bytes are. Private and internal repositories get a URL that works for one caller only. */
function downloadUrl(r: Repository, ref: string, path: string, links: Links, viewerDigest: string): string {
  const url = `${links.files}/raw/${r.fullName}/${ref}/${encodeURI(path)}`
  return r.visibility === 'public' ? url : `${url}?token=${rawToken(viewerDigest, r.id, path)}`
}

/** An entry of a folder, and the start of a file's object. */
export function entryJson(
  r: Repository,
  entry: TreeEntry,
  path: string,
  ref: string,
  links: Links,
  viewerDigest: string
) {
  const kind = entry.type === 'blob' ? 'file' : 'dir'
  const self = `${links.api}/repos/${r.fullName}/contents/${encodeURI(path)}?ref=${ref}`
  const git = `${links.api}/repos/${r.fullName}/git/${entry.type}s/${entry.sha}`
  const html = `${links.web}/${r.fullName}/${entry.type}/${ref}/${encodeURI(path)}`
  return {
    name: entry.path,
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: kind === 'file' ? downloadUrl(r, ref, path, links, viewerDigest) : null,
    type: kind,
    _links: { self, git, html }
  }
}

/** Base64 with a line feed after every 60 characters, as GitHub sends file contents. */
export function wrappedBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,60}/g, '$&\n')
}
