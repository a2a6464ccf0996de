import type { Discovery } from './discovery.ts'
import type { GithubIssueOptions, RegistryOptions } from './issue-registry.ts'
import { lateDiscovery } from './late.ts'

export type { GithubIssueOptions } from './issue-registry.ts'

/**
 * A peer registry in one issue of a repository: titled `p2p-peer-registry`, one comment for each member. Found or created;
 * of several the one with the lowest number. Entries expire after 30 minutes; any member with write access removes them.
 */
export const githubIssue = (options: GithubIssueOptions): Discovery => memberIssue(options)

/** The same for a member, whose groups are open already. */
export const memberIssue = (options: RegistryOptions): Discovery =>
  lateDiscovery('github-issue', async () => (await import('./issue-registry.ts')).issueRegistry(options))
