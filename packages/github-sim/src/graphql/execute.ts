import { GraphQLError } from 'graphql/error'
import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode
} from 'graphql/language'
import { valueFromASTUntyped } from 'graphql/utilities/valueFromASTUntyped.js'

/** An object of the graph: fields by name, those with arguments or much work as functions. */
export type Node = { __typename: string } & { [field: string]: unknown }
export type Args = Record<string, unknown>

/** What a request says. */
export interface GraphqlRequest {
  query: string
  variables: Record<string, unknown>
  operationName: string | undefined
}

interface Problem {
  type: string
  message: string
  path?: (string | number)[]
}

/** Thrown by a field that has no value for this caller: the field is null and the rest goes on. */
export class FieldError extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/** A query or mutation over nodes. What cannot be answered is told as GitHub does: 200, with `errors`. */
export function execute(request: GraphqlRequest, roots: { query: Node; mutation: Node }): object {
  const problems: Problem[] = []
  try {
    const { operations, fragments } = definitionsOf(request.query)
    const operation = operationIn(operations, request.operationName)
    if (!operation) return failed('Message', 'No operation to execute')
    if (operation.operation === 'subscription') return failed('Message', 'Subscriptions are not simulated')

    const variables = { ...defaultsOf(operation), ...request.variables }
    const wanted = (directives: readonly DirectiveNode[] = []) =>
      directives.every((one) => Boolean(argsOf(one.arguments, variables).if) === (one.name.value !== 'skip'))

    const select = (node: Node, of: SelectionSetNode | undefined, path: (string | number)[], into: Args): Args => {
      for (const one of of?.selections ?? []) {
        if (!wanted(one.directives)) continue
        if (one.kind === Kind.FIELD) {
          const alias = (one.alias ?? one.name).value
          into[alias] = field(node, one, [...path, alias])
        } else {
          const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value)
          if (!fragment)
            throw new GraphQLError(
              `Fragment ${one.kind === Kind.FRAGMENT_SPREAD ? one.name.value : ''} was used, but not defined`
            )
          const type = fragment.typeCondition?.name.value ?? node.__typename
          if (type === node.__typename) select(node, fragment.selectionSet, path, into)
        }
      }
      return into
    }
    const field = (node: Node, asked: FieldNode, path: (string | number)[]): unknown => {
      const name = asked.name.value
      if (!(name in node)) throw new GraphQLError(`Field '${name}' doesn't exist on type '${node.__typename}'`)
      const held = node[name]
      try {
        return complete(
          typeof held === 'function' ? held(argsOf(asked.arguments, variables)) : held,
          asked.selectionSet,
          path
        )
      } catch (error) {
        if (!(error instanceof FieldError)) throw error
        problems.push({ type: error.type, path, message: error.message })
        return null
      }
    }
    const complete = (value: unknown, of: SelectionSetNode | undefined, path: (string | number)[]): unknown => {
      if (Array.isArray(value)) return value.map((one, i) => complete(one, of, [...path, i]))
      return typeof value === 'object' && value !== null ? select(value as Node, of, path, {}) : value
    }

    const data = select(roots[operation.operation], operation.selectionSet, [], {})
    return { data, ...(problems.length > 0 && { errors: problems }) }
  } catch (error) {
    if (error instanceof GraphQLError) return failed('undefinedField', error.message)
    throw error
  }
}

export const argsOf = (args: readonly ArgumentNode[] = [], variables: Args): Args =>
  Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]))

export const operationIn = (operations: readonly OperationDefinitionNode[], named: string | undefined) =>
  operations.find(({ name }) => named === undefined || name?.value === named)

/** @throws GraphQLError for what is no GraphQL */
export function definitionsOf(query: string) {
  const operations: OperationDefinitionNode[] = []
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of parse(query, { noLocation: true }).definitions) {
    if (one.kind === Kind.OPERATION_DEFINITION) operations.push(one)
    else if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
    else throw new GraphQLError(`${one.kind} is not executable`)
  }
  return { operations, fragments }
}

export const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Args =>
  Object.fromEntries(
    variableDefinitions.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue ? valueFromASTUntyped(defaultValue) : null
    ])
  )

const failed = (type: string, message: string) => ({ errors: [{ type, message }] })
