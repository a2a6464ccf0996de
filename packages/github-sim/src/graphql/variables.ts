import { GraphQLError } from 'graphql/error'
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, print, visit } from 'graphql/language'

/**
 * Refuses variables that an operation uses without declaring them, and required ones without a value, in the words of graphql-ruby,
 * which GitHub runs. The types of values are not checked.
 */
export function checkVariables(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  values: Record<string, unknown>
): void {
  const { name, variableDefinitions = [] } = operation
  const declared = new Set(variableDefinitions.map(({ variable }) => variable.name.value))
  const what = name ? `${operation.operation} ${name.value}` : `anonymous ${operation.operation}`
  const seen = new Set<string>()
  const check = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      Variable(used) {
        const { value } = used.name
        if (declared.has(value)) return
        throw new GraphQLError(`Variable $${value} is used by ${what} but not declared`, {
          nodes: used,
          extensions: { code: 'variableNotDefined', variableName: value }
        })
      },
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value)
        if (!fragment || seen.has(value)) return
        seen.add(value)
        check(fragment)
      }
    })
  }
  check(operation)
  for (const definition of variableDefinitions) {
    const { variable, type, defaultValue } = definition
    const isGiven = (values[variable.name.value] ?? null) !== null
    if (type.kind !== Kind.NON_NULL_TYPE || defaultValue || isGiven) continue
    const text = `Variable $${variable.name.value} of type ${print(type)} was provided invalid value`
    throw new GraphQLError(text, {
      nodes: definition,
      extensions: { value: null, problems: [{ path: [], explanation: 'Expected value to not be null' }] }
    })
  }
}
