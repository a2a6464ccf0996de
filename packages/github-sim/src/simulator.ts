import type { Ask } from './ask.ts'
import type { CallLog } from './calls.ts'
import type { Links } from './data/links.ts'
import type { Faults } from './faults.ts'
import type { ResolvedOptions } from './options.ts'
import type { Quota, QuotaState, Resource } from './quota.ts'
import type { Reply } from './reply.ts'
import type { createSecondary } from './secondary.ts'
import type { Random } from './seed.ts'
import type { Token } from './tokens.ts'
import type { World } from './world.ts'

/** The running parts a request passes through. */
export interface Simulator {
  options: ResolvedOptions
  links: Links
  world: World
  quota: Quota
  secondary: ReturnType<typeof createSecondary>
  faults: Faults
  log: CallLog
  route: (ask: Ask, path: string) => Promise<Reply>
  /** For ETag forms and request ids; apart from the data's, so that calls do not change the data. */
  random: Random
  latencyMs: number
  preflights: number
}

/** The owner of the budget that all callers without a valid token share. */
export const anonymous = 'anonymous'

/** The budget a caller draws on for one kind of call. */
export function budgetOf({ quota, options }: Simulator, viewer: Token | undefined, resource: Resource): QuotaState {
  const limits: Record<Resource, number> = {
    core: viewer?.limit ?? options.anonymousLimit,
    search: viewer ? 30 : 10,
    code_search: 10,
    graphql: viewer ? 5000 : 0
  }
  return quota.state(viewer?.quota ?? anonymous, resource, limits[resource])
}
