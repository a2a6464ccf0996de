import type { GitHub } from './github.ts'
import { limitDefaults } from './limits.ts'
import type { Repository } from './model.ts'
import { anonymous, budgetOf, type Simulator } from './simulator.ts'

type TokenControl = Pick<GitHub, 'addToken' | 'revokeToken' | 'setRole' | 'setRemaining' | 'limit' | 'unlimit'>

/** Which tokens there are, what they permit, and how much is left to each. */
export function controlTokens(sim: Simulator, find: (fullName: string) => Repository): TokenControl {
  const { world, faults, quota } = sim

  // Errors must not show the token, so they cannot say which one it was.
  function tokenOf(secret: string) {
    const token = world.token(secret)
    if (!token) throw new TypeError('this token is not registered: use addToken first')
    return token
  }
  const ownerOf = (token: string | undefined) => (token === undefined ? anonymous : tokenOf(token).quota)

  return {
    addToken(token, tokenOptions) {
      world.addToken(token, tokenOptions)
    },
    revokeToken(token) {
      world.tokens.delete(tokenOf(token).digest)
    },
    setRole(token, fullName, role) {
      const { roles } = tokenOf(token)
      if (role === undefined) roles.delete(find(fullName).id)
      else roles.set(find(fullName).id, role)
    },

    setRemaining(token, remaining, resource = 'core') {
      const { limit, used } = budgetOf(sim, token === undefined ? undefined : tokenOf(token), resource)
      quota.spend(ownerOf(token), resource, limit - remaining - used)
    },
    limit(token, limitOptions = {}) {
      faults.limits.set(ownerOf(token), { ...limitDefaults, ...limitOptions })
    },
    unlimit(token) {
      faults.limits.delete(ownerOf(token))
      quota.reset(ownerOf(token))
    }
  }
}
