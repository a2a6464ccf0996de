import type { Args, Node } from './execute.ts'

const maxPerPage = 100

/** A page of a list, by `first` and `after` or, of its end, by `last`. Only its nodes are made. */
export function connection<T>(
  type: string,
  items: readonly T[],
  { first, after, last }: Args,
  nodeOf: (item: T) => Node
): Node {
  const from =
    typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString().replace('cursor:', '')) || 0 : 0
  const start = typeof last === 'number' ? Math.max(from, items.length - last) : from
  const end = Math.min(items.length, start + Math.min(Number(first ?? maxPerPage), maxPerPage))
  return {
    __typename: `${type}Connection`,
    totalCount: items.length,
    nodes: () => items.slice(start, end).map(nodeOf),
    edges: () => items.slice(start, end).map((item) => ({ __typename: `${type}Edge`, node: nodeOf(item) })),
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: cursor(start),
      endCursor: cursor(end)
    }
  }
}

const cursor = (n: number) => Buffer.from(`cursor:${n}`).toString('base64')
