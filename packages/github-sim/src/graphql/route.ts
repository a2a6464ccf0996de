import { type Ask, bodyOf } from '../ask.ts'
import { nodeId } from '../data/links.ts'
import { newIssue, nextNumber } from '../data/new-issue.ts'
import { failure, type Reply } from '../reply.ts'
import { roleOf } from '../visibility.ts'
import { type Args, execute, FieldError, type Node } from './execute.ts'
import { issueNode, repositoryNode, userNode } from './nodes.ts'

/** `POST /graphql`: as much of the graph as gh's lists need, and making an issue. */
export function graphql(ask: Ask): Reply {
  const { query, variables, operationName } = bodyOf(ask)
  if (typeof query !== 'string') return failure(400, 'A query attribute must be specified and must be a string.')
  const given = typeof variables === 'object' && variables !== null ? (variables as Args) : {}
  const named = typeof operationName === 'string' ? operationName : undefined
  const json = execute(
    { query, variables: given, operationName: named },
    { query: queryRoot(ask), mutation: mutationRoot(ask) }
  )
  return { json, etag: 'none' }
}

function queryRoot({ world, viewer, links, budgets }: Ask): Node {
  return {
    __typename: 'Query',
    viewer: () => {
      const account = viewer && world.account(viewer.login)
      return account ? userNode(account, links) : null
    },
    repository: ({ owner, name }: Args) => {
      const fullName = `${owner}/${name}`
      const repository = world.repository(fullName) ?? world.formerly(fullName)
      const role = repository && roleOf(repository, viewer)
      if (repository && role) return repositoryNode(repository, role, links)
      throw new FieldError('NOT_FOUND', `Could not resolve to a Repository with the name '${fullName}'.`)
    },
    rateLimit: () => ({ __typename: 'RateLimit', cost: 1, ...budgets().find(({ resource }) => resource === 'graphql') })
  }
}

function mutationRoot({ world, viewer, links, now }: Ask): Node {
  return {
    __typename: 'Mutation',
    createIssue: ({ input }: Args) => {
      const { repositoryId, title, body } = input as Args
      const user = viewer && world.account(viewer.login)
      const home = world.visible(viewer).find(({ repository: { id } }) => nodeId('Repository', id) === repositoryId)
      if (!user || !home)
        throw new FieldError('NOT_FOUND', `Could not resolve to a node with the global id of '${repositoryId}'`)
      const issue = newIssue(world.nextId(), nextNumber(home.repository), user, String(title), now)
      if (typeof body === 'string') issue.body = body
      home.repository.issues.set(issue.number, issue)
      return { __typename: 'CreateIssuePayload', issue: issueNode(issue, home.repository, links) }
    }
  }
}
