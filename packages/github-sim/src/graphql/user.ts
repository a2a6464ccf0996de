import { type Links, nodeId } from '../data/links.ts'
import type { Account } from '../model.ts'
import type { Node } from './execute.ts'

/** https://docs.github.com/graphql/reference/objects#user; an organization has no `bio`. */
export const userNode = ({ id, login, name, type, email, bio }: Account, { web }: Links): Node => ({
  __typename: type,
  id: nodeId(type, id),
  databaseId: id,
  login,
  name,
  email,
  ...(type === 'User' && { bio }),
  url: `${web}/${login}`
})
