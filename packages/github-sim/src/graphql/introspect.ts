import type { Ask } from '../ask.ts'
import { issueOrPullNode } from './discussion.ts'
import type { Node } from './execute.ts'
import { contextOf } from './find.ts'
import { repositoryNode } from './repository.ts'

/**
 * The fields that repositories, issues and pull requests have here; null for other types, of which nothing is known. gh looks for
 * some before it asks (https://spec.graphql.org/October2021/#sec-Schema-Introspection).
 */
export function typeNode(ask: Ask, name: unknown): Node | null {
  for (const { repository, role } of ask.world.visible(ask.viewer)) {
    const context = contextOf(ask, repository)
    const nodes = [...repository.issues.values()].map((issue) => issueOrPullNode(issue, repository, context))
    const found = [repositoryNode(repository, role, context), ...nodes].find(({ __typename }) => __typename === name)
    if (found) return { __typename: '__Type', name, fields: Object.keys(found).filter(isField).map(fieldNode) }
  }
  return null
}

const isField = (name: string) => name !== '__typename'
const fieldNode = (name: string): Node => ({ __typename: '__Field', name })
