import { commitAt } from '../data/commit.ts'
import { nodeId } from '../data/links.ts'
import { treeEntries } from '../git.ts'
import type { Repository } from '../model.ts'
import type { Args, Node } from './execute.ts'

/**
 * A file by `ref:path`, as git names it; null for what is not there (https://docs.github.com/graphql/reference/objects#repository,
 * `object`; https://docs.github.com/graphql/reference/objects#blob). Only files are simulated, not commits or folders.
 */
export function fileNode(repository: Repository, { expression }: Args): Node | null {
  const [, ref = '', path = ''] = /^([^:]+):(.+)$/.exec(String(expression)) ?? []
  const bytes = repository.files.get(path)
  if (!bytes || !commitAt(repository, ref)) return null
  const [, folder = '', name = ''] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? []
  const oid = treeEntries(repository.files, folder).find((entry) => entry.path === name)?.sha
  return {
    __typename: 'Blob',
    id: nodeId('Blob', `${repository.id}:${oid}`),
    oid,
    byteSize: bytes.byteLength,
    text: Buffer.from(bytes).toString()
  }
}
