import { GraphQLError } from 'graphql/error'
import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  print,
  type SelectionSetNode
} from 'graphql/language'
import { isOfType } from './abstract-types.ts'

/** What selections are read with. */
interface Collecting {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Whether `@skip` and `@include` let a selection count. */
  counts(directives: readonly DirectiveNode[] | undefined): boolean
}

/**
 * The fields that selections ask of an object, by response key and in order. One that is asked for more than once has all its nodes
 * there, to be merged (https://spec.graphql.org/October2021/#CollectFields).
 * @throws GraphQLError for an unknown fragment, and for one key with two meanings
 */
export function collectFields(
  type: string,
  selections: readonly SelectionSetNode[],
  { fragments, counts }: Collecting
): Map<string, [FieldNode, ...FieldNode[]]> {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>()
  const seen = new Set<string>()
  const add = (field: FieldNode) => {
    const key = (field.alias ?? field.name).value
    const same = found.get(key)
    if (!same) return void found.set(key, [field])
    refuseConflict(key, same[0], field)
    same.push(field)
  }
  const collect = ({ selections }: SelectionSetNode) => {
    for (const one of selections) {
      if (!counts(one.directives)) continue
      if (one.kind === Kind.FIELD) add(one)
      else if (one.kind === Kind.INLINE_FRAGMENT) {
        if (isOfType(type, one.typeCondition?.name.value ?? type)) collect(one.selectionSet)
      } else if (!seen.has(one.name.value)) {
        const { value: name } = one.name
        seen.add(name)
        const fragment = fragments.get(name)
        if (!fragment) throw new GraphQLError(`Fragment ${name} was used, but not defined`, { nodes: one })
        if (isOfType(type, fragment.typeCondition.name.value)) collect(fragment.selectionSet)
      }
    }
  }
  for (const one of selections) collect(one)
  return found
}

/** https://spec.graphql.org/October2021/#sec-Field-Selection-Merging, with the words of graphql-ruby, which GitHub runs. */
function refuseConflict(key: string, one: FieldNode, other: FieldNode): void {
  const refuse = (kind: string, left: string, right: string) => {
    const extensions = { code: 'fieldConflict', fieldName: key, conflicts: `${left} or ${right}` }
    throw new GraphQLError(`Field '${key}' has ${kind} conflict: ${left} or ${right}?`, {
      nodes: [one, other],
      extensions
    })
  }
  if (one.name.value !== other.name.value) refuse('a field', one.name.value, other.name.value)
  const [left, right] = [argumentsOf(one), argumentsOf(other)]
  if (left !== right) refuse('an argument', left, right)
}

/** All arguments in one order, so that they can be compared. */
const argumentsOf = ({ arguments: args = [] }: FieldNode) =>
  `{${args
    .map(({ name, value }) => `${name.value}:${JSON.stringify(print(value))}`)
    .sort()
    .join(',')}}`
