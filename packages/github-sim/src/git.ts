import { createHash } from 'node:crypto'

/** A file's bytes by its path in the repository. */
export type Files = Map<string, Uint8Array>

/** One entry of a git tree. */
export interface TreeEntry {
  path: string
  mode: '100644' | '040000'
  type: 'blob' | 'tree'
  sha: string
  size?: number
}

const object = (type: string, body: Uint8Array) =>
  createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex')

/** The object id git gives to a file's bytes. */
export function blobSha(bytes: Uint8Array): string {
  return object('blob', bytes)
}

/** The direct children of a folder (`''` is the root), sorted by name; empty when there is no such folder. */
export function treeEntries(files: Files, folder: string): TreeEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const entries = new Map<string, TreeEntry>()
  for (const [path, bytes] of files) {
    if (!path.startsWith(prefix)) continue
    const [name = '', ...rest] = path.slice(prefix.length).split('/')
    if (rest.length === 0) {
      entries.set(name, { path: name, mode: '100644', type: 'blob', sha: blobSha(bytes), size: bytes.length })
    } else if (!entries.has(name)) {
      entries.set(name, { path: name, mode: '040000', type: 'tree', sha: treeSha(files, prefix + name) })
    }
  }
  // Git orders a folder as if its name ended in a slash.
  const key = (e: TreeEntry) => (e.type === 'tree' ? `${e.path}/` : e.path)
  return [...entries.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** The object id git gives to a folder. */
export function treeSha(files: Files, folder = ''): string {
  const parts = treeEntries(files, folder).flatMap((e) => [
    Buffer.from(`${e.mode.replace(/^0/, '')} ${e.path}\0`),
    Buffer.from(e.sha, 'hex')
  ])
  return object('tree', Buffer.concat(parts))
}

/** The object id git gives to a commit. `seconds` is unix time; the zone is UTC. */
export function commitSha(tree: string, parents: string[], author: string, seconds: number, message: string): string {
  const who = `${author} ${seconds} +0000`
  const lines = [`tree ${tree}`, ...parents.map((p) => `parent ${p}`), `author ${who}`, `committer ${who}`, '', message]
  return object('commit', Buffer.from(lines.join('\n')))
}
