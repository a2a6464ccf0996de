import { type Directive, parseDocument, type Selection, type Value } from './parse.ts'

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
    const { operations, fragments } = parseDocument(request.query)
    const { operationName } = request
    const operation = operations.find(({ name }) => operationName === undefined || name === operationName)
    if (!operation) return failed('Message', 'No operation to execute')
    if (operation.kind === 'subscription') return failed('Message', 'Subscriptions are not simulated')

    const known = (value: Value): unknown => {
      if (Array.isArray(value)) return value.map(known)
      if (typeof value !== 'object' || value === null) return value
      if ('fields' in value) return argsOf(value.fields)
      const { variable } = value
      return variable in request.variables ? request.variables[variable] : known(operation.defaults[variable] ?? null)
    }
    const argsOf = (args: Record<string, Value>): Args =>
      Object.fromEntries(Object.entries(args).map(([name, value]) => [name, known(value)]))
    const wanted = (directives: readonly Directive[]) =>
      directives.every(({ name, args }) => Boolean(argsOf(args).if) === (name !== 'skip'))

    const select = (node: Node, selections: readonly Selection[], path: (string | number)[], into: Args): Args => {
      for (const one of selections) {
        if (!wanted(one.directives)) continue
        if (one.kind === 'field') into[one.alias] = field(node, one, [...path, one.alias])
        else {
          const fragment = one.kind === 'inline' ? one : fragments.get(one.name)
          if (!fragment)
            throw new SyntaxError(`Fragment ${one.kind === 'spread' ? one.name : ''} was used, but not defined`)
          if (fragment.on === undefined || fragment.on === node.__typename) select(node, fragment.of, path, into)
        }
      }
      return into
    }
    const field = (
      node: Node,
      { name, args, of }: Selection & { kind: 'field' },
      path: (string | number)[]
    ): unknown => {
      if (!(name in node)) throw new SyntaxError(`Field '${name}' doesn't exist on type '${node.__typename}'`)
      const held = node[name]
      try {
        return complete(typeof held === 'function' ? held(argsOf(args)) : held, of, path)
      } catch (error) {
        if (!(error instanceof FieldError)) throw error
        problems.push({ type: error.type, path, message: error.message })
        return null
      }
    }
    const complete = (value: unknown, of: readonly Selection[], path: (string | number)[]): unknown => {
      if (Array.isArray(value)) return value.map((one, i) => complete(one, of, [...path, i]))
      return typeof value === 'object' && value !== null ? select(value as Node, of, path, {}) : value
    }

    const data = select(roots[operation.kind], operation.of, [], {})
    return { data, ...(problems.length > 0 && { errors: problems }) }
  } catch (error) {
    if (error instanceof SyntaxError) return failed('undefinedField', error.message)
    throw error
  }
}

const failed = (type: string, message: string) => ({ errors: [{ type, message }] })
