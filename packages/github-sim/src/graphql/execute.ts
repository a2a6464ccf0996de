import { GraphQLError } from 'graphql/error'
import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getLocation,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type SourceLocation
} from 'graphql/language'
import { valueFromASTUntyped } from 'graphql/utilities/valueFromASTUntyped.js'
import { checkArguments } from './arguments.ts'
import { collectFields } from './collect.ts'
import { canBeNull, pageProblem } from './page-bounds.ts'
import { checkVariables } from './variables.ts'

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
  path: (string | number)[]
  locations: readonly SourceLocation[]
  message: string
}

/** Thrown by a field that has no value for this caller: the field is null and the rest goes on. */
export class FieldError extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/** Thrown for a list whose page GitHub refuses. */
class PageError extends FieldError {}

/** Thrown after a field was refused that always has a value in GitHub's schema: the object that it belongs to is null. */
class NoValue extends Error {}

/** A query or mutation over nodes. What cannot be answered is told as GitHub does: 200, with `errors`. */
export function execute(request: GraphqlRequest, roots: { query: Node; mutation: Node }): object {
  const problems: Problem[] = []
  try {
    const { operations, fragments } = definitionsOf(request.query)
    const operation = operationIn(operations, request.operationName)
    if (!operation) throw new GraphQLError('No operation to execute')
    if (operation.operation === 'subscription') throw new GraphQLError('Subscriptions are not simulated')

    checkVariables(operation, fragments, request.variables)
    const variables = { ...defaultsOf(operation), ...request.variables }
    const counts = (directives: readonly DirectiveNode[] = []) =>
      directives.every((one) => Boolean(argsOf(one.arguments, variables).if) === (one.name.value !== 'skip'))
    const fieldsOf = ({ __typename }: Node, selections: readonly SelectionSetNode[]) =>
      collectFields(__typename, selections, { fragments, counts })

    const select = (node: Node, selections: readonly SelectionSetNode[], path: (string | number)[]): Args => {
      const found: Args = {}
      for (const [key, same] of fieldsOf(node, selections)) found[key] = field(node, same, [...path, key])
      return found
    }
    const field = (node: Node, same: [FieldNode, ...FieldNode[]], path: (string | number)[]): unknown => {
      const [asked] = same
      const name = asked.name.value
      if (!Object.hasOwn(node, name))
        throw new GraphQLError(`Field '${name}' doesn't exist on type '${node.__typename}'`, {
          nodes: asked,
          extensions: { code: 'undefinedField', typeName: node.__typename, fieldName: name }
        })
      const selections = same.flatMap(({ selectionSet }) => selectionSet ?? [])
      try {
        return complete(answerOf(node, asked, selections), selections, path)
      } catch (error) {
        if (!(error instanceof FieldError)) throw error
        const { type, message } = error
        problems.push({ type, path, locations: locationsOf(asked), message })
        if (error instanceof PageError && !canBeNull(name)) throw new NoValue()
        return null
      }
    }
    const answerOf = (node: Node, asked: FieldNode, selections: readonly SelectionSetNode[]): unknown => {
      const name = asked.name.value
      const held = node[name]
      const args = argsOf(asked.arguments, variables)
      checkArguments(node.__typename, asked)
      const value = typeof held === 'function' ? held(args) : held
      if (!isConnection(value)) return value
      const names = [...fieldsOf(value, selections).values()].map(([one]) => one.name.value)
      const problem = pageProblem(name, args, new Set(names))
      if (problem) throw new PageError(problem.type, problem.message)
      return value
    }
    const complete = (value: unknown, of: readonly SelectionSetNode[], path: (string | number)[]): unknown => {
      if (Array.isArray(value)) return value.map((one, i) => complete(one, of, [...path, i]))
      if (typeof value !== 'object' || value === null) return value
      try {
        return select(value as Node, of, path)
      } catch (error) {
        if (error instanceof NoValue) return null
        throw error
      }
    }

    const data = select(roots[operation.operation], [operation.selectionSet], [])
    return { data, ...(problems.length > 0 && { errors: problems }) }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error.toJSON()] }
    if (error instanceof NoValue) return { errors: problems }
    throw error
  }
}

const isConnection = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && '__typename' in value && /Connection$/.test(String(value.__typename))

const locationsOf = ({ loc }: FieldNode): SourceLocation[] => (loc ? [getLocation(loc.source, loc.start)] : [])

export const argsOf = (args: readonly ArgumentNode[] = [], variables: Args): Args =>
  Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]))

export const operationIn = (operations: readonly OperationDefinitionNode[], named: string | undefined) =>
  operations.find(({ name }) => named === undefined || name?.value === named)

/** @throws GraphQLError for what is no GraphQL */
export function definitionsOf(query: string) {
  const operations: OperationDefinitionNode[] = []
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of parse(query).definitions) {
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
