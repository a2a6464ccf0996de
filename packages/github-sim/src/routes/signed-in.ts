import type { RepositoryAsk, RepositoryHandler } from '../ask.ts'
import type { Account } from '../model.ts'
import { failure, type Reply, requiresAuthentication } from '../reply.ts'

export const forbidden = () => failure(403, 'Must have admin rights to Repository.')

/** Runs the handler for a caller with an account, in a repository that is not archived. */
export const signedIn =
  (handler: (ask: RepositoryAsk, user: Account) => Reply): RepositoryHandler =>
  (ask) => {
    const user = ask.viewer && ask.world.account(ask.viewer.login)
    if (!user) return requiresAuthentication()
    if (ask.repository.archived) return failure(403, 'Repository was archived so is read-only.')
    return handler(ask, user)
  }
