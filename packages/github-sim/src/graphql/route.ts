import { type Ask, bodyOf } from '../ask.ts'
import { isGlobalId } from '../data/global-id.ts'
import type { Account } from '../model.ts'
import type { QuotaState } from '../quota.ts'
import { failure, type Reply } from '../reply.ts'
import { roleOf } from '../visibility.ts'
import type { World } from '../world.ts'
import { connection } from './connection.ts'
import { issueOrPullNode } from './discussion.ts'
import { type Args, execute, FieldError, type GraphqlRequest, type Node } from './execute.ts'
import { contextOf, findDiscussion, unresolved } from './find.ts'
import { typeNode } from './introspect.ts'
import { mutationRoot } from './mutations.ts'
import { costOf } from './points.ts'
import { repositoryNode } from './repository.ts'
import { userNode } from './user.ts'

type Visible = ReturnType<World['visible']>[number]

/** `POST /graphql`: as much of the graph as gh's commands for issues and pull requests need. */
export function graphql(ask: Ask): Reply {
  const request = requestIn(bodyOf(ask))
  if (!request) return failure(400, 'A query attribute must be specified and must be a string.')
  const { points } = costOf(request)
  const json = execute(request, { query: queryRoot(ask, points), mutation: mutationRoot(ask) })
  return { json, etag: 'none', points }
}

/** Undefined where a body holds no query. */
export function requestIn({ query, variables, operationName }: Record<string, unknown>): GraphqlRequest | undefined {
  if (typeof query !== 'string') return undefined
  return {
    query,
    variables: typeof variables === 'object' && variables !== null ? (variables as Args) : {},
    operationName: typeof operationName === 'string' ? operationName : undefined
  }
}

/** A user or an organisation, and those of its repositories that the caller may see. */
function ownerNode(ask: Ask, account: Account): Node {
  const { world, viewer, links } = ask
  const own = () => world.visible(viewer).filter(({ repository }) => repository.owner.id === account.id)
  const nodeOf = ({ repository, role }: Visible) => repositoryNode(repository, role, contextOf(ask, repository))
  return {
    ...userNode(account, links),
    repositories: (args: Args) => connection('Repository', own(), args, nodeOf),
    repository: ({ name }: Args) => {
      const found = own().find(({ repository }) => repository.name.toLowerCase() === String(name).toLowerCase())
      return found ? nodeOf(found) : null
    }
  }
}

function queryRoot(ask: Ask, points: number): Node {
  const { world, viewer, links, budgets } = ask
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
      if (repository && role) return repositoryNode(repository, role, contextOf(ask, repository))
      throw new FieldError('NOT_FOUND', `Could not resolve to a Repository with the name '${fullName}'.`)
    },
    // https://docs.github.com/graphql/reference/queries#repositoryowner
    repositoryOwner: ({ login }: Args) => {
      const account = world.account(String(login))
      return account ? ownerNode(ask, account) : null
    },
    // https://docs.github.com/graphql/reference/queries#node
    node: ({ id }: Args) => {
      const home = world.visible(viewer).find(({ repository }) => isGlobalId(id, 'Repository', repository.id))
      if (home) return repositoryNode(home.repository, home.role, contextOf(ask, home.repository))
      const found = findDiscussion(ask, id)
      if (found) return issueOrPullNode(found.issue, found.repository, contextOf(ask, found.repository))
      throw unresolved(id)
    },
    __type: ({ name }: Args) => typeNode(ask, name),
    // https://docs.github.com/graphql/reference/objects#ratelimit
    rateLimit: () => {
      const { limit, used, reset } = budgets().find(({ resource }) => resource === 'graphql') as QuotaState
      const spent = used - 1 + points // one of them when it came
      const resetAt = new Date(reset * 1000).toISOString().replace('.000', '')
      return {
        __typename: 'RateLimit',
        cost: points,
        limit,
        used: spent,
        remaining: Math.max(0, limit - spent),
        resetAt
      }
    }
  }
}
