import { type FieldNode, Kind, type SelectionSetNode } from 'graphql/language'
import { type Args, argsOf, defaultsOf, definitionsOf, type GraphqlRequest, operationIn } from './execute.ts'

/** What a request counts on GraphQL's limits. */
export interface GraphqlCost {
  /** On the primary limit. */
  points: number
  /** It is a mutation: five points on the secondary limit instead of one. */
  writes: boolean
}

/**
 * One point for each hundred requests that it takes to fill the connections, if each is as long as was asked for, but at least one
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#predicting-the-point-value-of-a-query).
 */
export function costOf(request: GraphqlRequest): GraphqlCost {
  try {
    const { operations, fragments } = definitionsOf(request.query)
    const operation = operationIn(operations, request.operationName)
    if (!operation) return { points: 1, writes: false }
    const variables = { ...defaultsOf(operation), ...request.variables }
    const requests = (of: SelectionSetNode | undefined, times: number, within: readonly string[]): number =>
      (of?.selections ?? []).reduce((sum, one) => {
        if (one.kind === Kind.FIELD) return sum + requestsOf(one, times, within)
        if (one.kind === Kind.INLINE_FRAGMENT) return sum + requests(one.selectionSet, times, within)
        const { value } = one.name
        return within.includes(value)
          ? sum
          : sum + requests(fragments.get(value)?.selectionSet, times, [...within, value])
      }, 0)
    const requestsOf = (field: FieldNode, times: number, within: readonly string[]): number => {
      const length = lengthIn(argsOf(field.arguments, variables))
      if (length === undefined) return requests(field.selectionSet, times, within)
      return times + requests(field.selectionSet, times * length, within)
    }
    const points = Math.max(1, Math.round(requests(operation.selectionSet, 1, []) / 100))
    return { points, writes: operation.operation === 'mutation' }
  } catch {
    return { points: 1, writes: false } // it is no GraphQL
  }
}

function lengthIn({ first, last }: Args): number | undefined {
  const length = first ?? last
  return typeof length === 'number' ? length : undefined
}
